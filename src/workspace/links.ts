import * as vscode from 'vscode';

/** This machine, and networks that only the person can reach; a model's link there is not opened. */
function isOwnNetwork(hostname: string): boolean {
  // A host may be written with the dot of the root at its end, and means the same.
  const host = hostname.replace(/\.$/u, '');
  // Addresses in brackets tell a reader nothing of where they lead.
  if (host.startsWith('[')) return true;
  // The URL parser has brought every way to write an IPv4 address into this one.
  if (/^\d+(?:\.\d+){3}$/u.test(host)) return isOwnIpv4(host);
  return !host.includes('.') || /\.(?:localhost|local|internal)$/u.test(host);
}

function isOwnIpv4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number);
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 192) return b === 168;
  if (a === 169) return b === 254;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 0 || a === 10 || a === 127 || a >= 224;
}

/**
 * The address a model's link may be opened at, or undefined when it stays text: http and https to
 * public hosts without credentials, and mail addresses without anything to fill in.
 */
export function openableUrl(href: string): URL | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  if (url.protocol === 'mailto:') return isPlainMail(url) ? url : undefined;
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (!web || url.username !== '' || url.password !== '') return undefined;
  return isOwnNetwork(url.hostname) ? undefined : url;
}

/** A query could write the whole mail. */
function isPlainMail({ search, hash, pathname }: URL): boolean {
  return search === '' && hash === '' && pathname.includes('@');
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
