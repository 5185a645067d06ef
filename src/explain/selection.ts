import * as vscode from 'vscode';
import type { ExplainSubject } from '../conversation/explainDialogue';

/** Whole lines; a selection that ends before the first character of a line leaves that line out. */
export function selectedLines({ selection, document }: vscode.TextEditor): vscode.Range {
  const { start, end } = selection;
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return new vscode.Range(start.line, 0, last, document.lineAt(last).text.length);
}

export function subjectOf(document: vscode.TextDocument, range: vscode.Range): ExplainSubject {
  return {
    code: document.getText(range),
    language: document.languageId,
    path: vscode.workspace.asRelativePath(document.uri, false),
    firstLine: range.start.line + 1,
    lastLine: range.end.line + 1,
  };
}
