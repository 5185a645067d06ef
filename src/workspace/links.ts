import * as vscode from 'vscode';

/** Hosts that are this machine or its own network; a link of a model to them is not opened. */
const privateHost =
  /^(?:localhost|.*\.localhost|.*\.local|.*\.internal|0\.0\.0\.0|127\..*|10\..*|192\.168\..*|169\.254\..*|172\.(?:1[6-9]|2\d|3[01])\..*|\[.*\])$/iu;

/**
 * The address a model's link may be opened at, or undefined when it stays text: http and https to
 * public hosts without credentials, and mail addresses without anything to fill in.
 */
export function openableUrl(href: string): URL | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  if (url.protocol === 'mailto:') return url.search === '' && url.hash === '' ? url : undefined;
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (!web || url.username !== '' || url.password !== '') return undefined;
  // A name without a dot is a machine of one's own network, too.
  if (privateHost.test(url.hostname) || !url.hostname.includes('.')) return undefined;
  return url;
}

/**
 * Opens a link of an answer. Unless its visible text was the address itself, the person is shown
 * where it goes and asked; VS Code's own question leaves out the domains it trusts.
 */
export async function openLink(href: string, visibleText: string): Promise<void> {
  const url = openableUrl(href);
  if (!url) {
    const sentence = vscode.l10n.t('Cria does not open this link: {0}', visible(href));
    await vscode.window.showWarningMessage(sentence);
    return;
  }
  if (visibleText.trim() !== href && visibleText.trim() !== url.href) {
    const open = vscode.l10n.t('Open');
    const sentence = vscode.l10n.t('Open this link of the answer?');
    const detail = visible(url.href);
    const chosen = await vscode.window.showInformationMessage(
      sentence,
      { modal: true, detail },
      open,
    );
    if (chosen !== open) return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
}

/** Characters that hide or reorder others are shown by their number. */
function visible(text: string): string {
  return text.slice(0, 2048).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
