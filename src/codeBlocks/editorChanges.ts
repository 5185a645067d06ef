import * as vscode from 'vscode';
import { isCodeDocument } from '../ui/codeDocuments';
import { showWarning } from '../ui/dialogs';

const { t } = vscode.l10n;

/** The editor to write to. The chat panel is no editor, so the editor used last stays the active one. */
export function findTargetEditor(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return activeTextEditor && isCodeDocument(activeTextEditor.document)
    ? activeTextEditor
    : visibleTextEditors.find(({ document }) => isCodeDocument(document));
}

/**
 * Makes one change that one undo reverts, unless the document has changed since the user reviewed it.
 * Saving is left to the user.
 */
export async function applyChange(
  { uri, version }: { readonly uri: vscode.Uri; readonly version: number },
  range: vscode.Range,
  text: string,
): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.workspace.asRelativePath(uri);
  if (document.version !== version) {
    await warn(t('{0} has changed in the meantime. Nothing was written.', shown));
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, range, text);
  const isDone = await vscode.workspace.applyEdit(edit);
  if (!isDone) await warn(t('{0} cannot be edited.', shown));
  return isDone;
}

export async function warn(sentence: string): Promise<void> {
  // Not awaited: a notification that stays open would block what follows.
  void showWarning(sentence);
  return Promise.resolve();
}
