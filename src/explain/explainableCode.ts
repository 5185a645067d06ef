import * as vscode from 'vscode';

/** Documents that no code is in, or in which somebody is asked for words. */
const noCode: readonly string[] = [
  ...[
    'output',
    'comment',
    'cria-sent',
    'cria-attachment',
    'vscode-scm',
    'search-editor',
    'debug',
    'replinput',
    'vscode-terminal',
  ],
  ...['chat-editing-text-model', 'chatSessionInput', 'vscode-interactive-input'],
];

/** Whether there is something in a document that can be explained. */
export function hasCode(document: vscode.TextDocument): boolean {
  return !noCode.includes(document.uri.scheme) && document.getText().trim() !== '';
}

/**
 * Whether a thread can stand in a document. What has no file behind it (a commit's old version, a
 * decompiled class) is not there any more when the window is opened again.
 */
export function keepsThreads({ scheme }: vscode.Uri): boolean {
  const known = ['untitled', 'vscode-notebook-cell'].includes(scheme);
  return known || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

/** VS Code's own switch: where it is off, threads are there, and nobody sees them. */
export function showsComments(): boolean {
  return vscode.workspace.getConfiguration('comments').get<boolean>('visible', true);
}

/** From 0. A selection that ends before the first character of a line leaves that line out. */
export function lastSelectedLine({ start, end }: vscode.Selection): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}
