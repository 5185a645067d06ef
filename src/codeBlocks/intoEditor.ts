import * as vscode from 'vscode';
import { askHidden } from './askHidden';
import type { ChangePreviews } from './changePreviews';
import { change, lastEditor, warn } from './editors';
import { showHidden } from './hiddenCharacters';
import { continuedWith, dedented, marginOf } from './indentation';
import { mayWrite, placeOfDocument } from './places';

const { t } = vscode.l10n;

/** Puts code where the caret is, indented like the line it comes into. What is selected stays. */
export async function insertAtCursor(code: string): Promise<void> {
  const editor = lastEditor();
  if (!editor) {
    await warn(t('Open the file that the code is to be inserted into first.'));
    return;
  }
  const { document, selection } = editor;
  const { version } = document;
  const text = await askHidden(code);
  if (text === undefined || !(await mayWrite(placeOfDocument(document)))) return;
  const at = selection.active;
  const inserted = insertion(document.lineAt(at.line).text, at.character, text);
  const { uri } = document;
  if (await change({ uri, version }, new vscode.Range(at, at), inserted)) {
    await vscode.window.showTextDocument(document, {
      viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active,
    });
  }
}

/** Indented like the line it comes into; what stood behind the caret goes on a line of its own. */
function insertion(line: string, caret: number, code: string): string {
  const before = line.slice(0, caret);
  const margin = marginOf(before);
  const isSplit = before.trim() === '' && line.slice(caret).trim() !== '' && code.includes('\n');
  return `${continuedWith(margin, dedented(code))}${isSplit ? `\n${margin}` : ''}`;
}

/** Puts code in the place of what is selected, after the person has seen what that makes of it. */
export async function replaceSelection(code: string, previews: ChangePreviews): Promise<void> {
  const editor = lastEditor();
  if (!editor || editor.selection.isEmpty) {
    await warn(t('Select the code that is to be replaced first.'));
    return;
  }
  const { document } = editor;
  const { uri, version } = document;
  const range = new vscode.Range(editor.selection.start, editor.selection.end);
  const text = await askHidden(code);
  if (text === undefined || !(await mayWrite(placeOfDocument(document)))) return;
  const replacement = inPlaceOf(document, range, text);
  const whole = document.getText();
  const after =
    whole.slice(0, document.offsetAt(range.start)) +
    replacement +
    whole.slice(document.offsetAt(range.end));
  const shown = vscode.workspace.asRelativePath(uri);
  const isWanted = await previews.ask({
    before: uri,
    after: showHidden(after),
    name: nameOf(uri),
    question: t('Replace the selected code of {0}?', shown),
    yes: t('Replace'),
  });
  if (isWanted && (await change({ uri, version }, range, replacement))) {
    await vscode.window.showTextDocument(document);
  }
}

export function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** Indented as the selected code was, and ending as it did. */
function inPlaceOf(document: vscode.TextDocument, range: vscode.Range, code: string): string {
  const margin = marginOf(document.lineAt(range.start.line).text);
  const hasMargin = range.start.character < margin.length;
  const ends = range.end.character === 0 && range.end.line > range.start.line ? '\n' : '';
  const first = hasMargin ? margin.slice(range.start.character) : '';
  return `${first}${continuedWith(margin, dedented(code))}${ends}`;
}
