import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import { toDialogLine } from '../shared/text';

/**
 * The words of a dialog that has to be answered. They hold names and addresses of others, which must not look like
 * words of Cria: each stays one line, with hidden characters written out.
 */
export function dialogTexts(
  sentence: string,
  detail: readonly string[] = [],
): readonly [sentence: string, options: vscode.MessageOptions] {
  const lines = detail.map(toDialogLine);
  return [
    toDialogLine(sentence),
    { modal: true, ...(lines.length > 0 && { detail: lines.join('\n') }) },
  ];
}

/** Shows a sentence in the status bar, where VS Code would draw `$(name)` in a name as an icon. */
export function showStatus(sentence: string, ms = 5_000): void {
  vscode.window.setStatusBarMessage(asIconLabel(sentence, 500), ms);
}
