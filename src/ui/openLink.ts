import * as vscode from 'vscode';
import { escapeInvisible } from '../shared/text';
import { showWarning } from './notifications';
import { openableUrl } from '../shared/urlPolicy';

/** What an address is shown of; a longer one is no address for people. */
const mostShown = 2048;

/**
 * Opens a link of an answer. Unless its visible text was the address itself, the person is shown
 * where it goes and asked; VS Code's own question leaves out the domains it trusts.
 *
 * @param asked called after a dialog, which gives the focus back to the panel, but to nothing in it
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
      escapeInvisible(href.slice(0, mostShown)),
    );
    await showWarning(sentence);
    return;
  }
  if (visibleText.trim() !== href && visibleText.trim() !== url.href) {
    const open = vscode.l10n.t('Open');
    const sentence = vscode.l10n.t('Open this link?');
    const detail = escapeInvisible(url.href.slice(0, mostShown));
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
