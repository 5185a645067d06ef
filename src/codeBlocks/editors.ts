import * as vscode from 'vscode';
import { showWarning } from '../ui/notifications';

const { t } = vscode.l10n;

/** Where the person last was: the chat itself is no editor, so it does not count. */
export function lastEditor(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const isDocument = ({ document }: vscode.TextEditor): boolean =>
    !['output', 'cria-change', 'cria-sent'].includes(document.uri.scheme);
  return activeTextEditor && isDocument(activeTextEditor)
    ? activeTextEditor
    : visibleTextEditors.find(isDocument);
}

/**
 * Makes one change that one undo takes back, if the document is still as it was when the person looked
 * at it. The document is not saved: that is left to the person.
 */
export async function change(
  { uri, version }: { readonly uri: vscode.Uri; readonly version: number },
  range: vscode.Range,
  text: string,
): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.workspace.asRelativePath(uri);
  if (document.version !== version) {
    await warn(t('{0} was changed in the meantime, so nothing was written.', shown));
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, range, text);
  const isDone = await vscode.workspace.applyEdit(edit);
  if (!isDone) await warn(t('{0} cannot be changed.', shown));
  return isDone;
}

export async function warn(sentence: string): Promise<void> {
  // Not awaited to its end: a notification that nobody closes would hold up what comes after it.
  void showWarning(sentence);
  return Promise.resolve();
}
