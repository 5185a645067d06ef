import type * as vscode from 'vscode';

/** From 0. A selection that ends before the first character of a line leaves that line out. */
export function lastSelectedLine({ start, end }: vscode.Selection): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}
