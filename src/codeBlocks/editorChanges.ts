import * as vscode from 'vscode';
import { isCodeDocument } from '../ui/codeDocuments';
import { showWarning } from '../ui/dialogs';
import { type ChangeHunk, findChanges } from './changeHunks';

const { t } = vscode.l10n;

/** The editor to write to. The chat panel is no editor, so the editor used last stays the active one. */
export function findTargetEditor(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return activeTextEditor && isCodeDocument(activeTextEditor.document)
    ? activeTextEditor
    : visibleTextEditors.find(({ document }) => isCodeDocument(document));
}

/** Makes one change that one undo reverts. Saving is left to the user. */
export async function applyChange(
  document: vscode.TextDocument,
  range: vscode.Range,
  text: string,
): Promise<boolean> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  return applyEdit(document, edit);
}

/** Gives a document another text by changing only the lines that differ, so that cursors and folds stay. */
export async function applyText(document: vscode.TextDocument, text: string): Promise<boolean> {
  return applyHunks(document, findChanges(document.getText(), text));
}

/** Replaces lines of a document; one undo reverts all of them. */
export async function applyHunks(
  document: vscode.TextDocument,
  hunks: readonly ChangeHunk[],
): Promise<boolean> {
  const edit = new vscode.WorkspaceEdit();
  for (const { before, lines } of hunks) {
    const { range, text } = toRange(document, before, lines);
    edit.replace(document.uri, range, text);
  }
  return applyEdit(document, edit);
}

/** Whole lines with their line ends; the last line of a document has none, so it takes the one before. */
function toRange(
  document: vscode.TextDocument,
  { start, end }: ChangeHunk['before'],
  lines: readonly string[],
): { readonly range: vscode.Range; readonly text: string } {
  const text = lines.join('\n');
  if (end < document.lineCount) {
    return { range: new vscode.Range(start, 0, end, 0), text: lines.length > 0 ? `${text}\n` : '' };
  }
  const last = document.lineAt(document.lineCount - 1).range.end;
  if (start === 0) return { range: new vscode.Range(0, 0, last.line, last.character), text };
  const from = document.lineAt(start - 1).range.end;
  return { range: new vscode.Range(from, last), text: lines.length > 0 ? `\n${text}` : '' };
}

async function applyEdit(
  { uri }: vscode.TextDocument,
  edit: vscode.WorkspaceEdit,
): Promise<boolean> {
  const isDone = await vscode.workspace.applyEdit(edit);
  if (!isDone) await warn(t('{0} cannot be edited.', vscode.workspace.asRelativePath(uri)));
  return isDone;
}

export async function warn(sentence: string): Promise<void> {
  // Not awaited: a notification that stays open would block what follows.
  void showWarning(sentence);
  return Promise.resolve();
}
