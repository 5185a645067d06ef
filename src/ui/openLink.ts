import * as vscode from 'vscode';
import { escapeHidden } from '../shared/hiddenCharacters';
import { dialogTexts, showWarning } from './dialogs';
import { maxAddressLength, openableUrl } from '../shared/urlPolicy';

/**
 * Opens a link of an answer. Unless its text is the address itself, the user first sees the target and
 * confirms it; VS Code's own dialog skips trusted domains. What the page says of the text is not enough.
 *
 * @param isShown whether an answer that the host has shows this address to its reader
 * @param asked called after a dialog, which focuses the panel but no element in it
 */
export async function openLink(
  href: string,
  visibleText: string,
  isShown: (address: string) => boolean,
  asked: () => Promise<void>,
): Promise<void> {
  const url = openableUrl(href);
  if (!url) {
    const sentence = vscode.l10n.t(
      'Cria does not open links of this kind: {0}',
      escapeHidden(href.slice(0, maxAddressLength)),
    );
    await showWarning(sentence);
    return;
  }
  const words = visibleText.trim();
  const isAddress = (words === href || words === url.href) && isShown(words);
  if (!isAddress) {
    const open = vscode.l10n.t('Open');
    const sentence = vscode.l10n.t('Open this link?');
    const chosen = await vscode.window.showInformationMessage(
      ...dialogTexts(sentence, [url.href]),
      open,
    );
    await asked();
    if (chosen !== open) return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
}

/** Opens a page of a notice or a failure once the user has seen its address and confirmed it. */
export async function openPage(href: string): Promise<void> {
  await openLink(
    href,
    '',
    () => false,
    () => Promise.resolve(),
  );
}
