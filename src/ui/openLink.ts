import * as vscode from 'vscode';
import { escapeHidden } from '../shared/hiddenCharacters';
import { showWarning } from './dialogs';
import { openableUrl } from '../shared/urlPolicy';

/** Longest part of an address that is shown, in UTF-16 code units. */
const mostShown = 2048;

/**
 * Opens a link of an answer. Unless its text is the address itself, the user first sees the target and
 * confirms it; VS Code's own dialog skips trusted domains.
 *
 * @param asked called after a dialog, which focuses the panel but no element in it
 */
export async function openLink(
  href: string,
  visibleText: string,
  asked: () => Promise<void>,
): Promise<void> {
  const url = openableUrl(href);
  if (!url) {
    const sentence = vscode.l10n.t(
      'Cria does not open links of this kind: {0}',
      escapeHidden(href.slice(0, mostShown)),
    );
    await showWarning(sentence);
    return;
  }
  if (visibleText.trim() !== href && visibleText.trim() !== url.href) {
    const open = vscode.l10n.t('Open');
    const sentence = vscode.l10n.t('Open this link?');
    const detail = escapeHidden(url.href.slice(0, mostShown));
    const chosen = await vscode.window.showInformationMessage(
      sentence,
      { modal: true, detail },
      open,
    );
    await asked();
    if (chosen !== open) return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
}
