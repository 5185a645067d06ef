import type * as vscode from 'vscode';

/** URI schemes of documents that hold no code of the user's: outputs, input boxes and Cria's own previews. */
const schemesWithoutCode: ReadonlySet<string> = new Set([
  'chat-editing-text-model',
  'chatSessionInput',
  'comment',
  'cria-attachment',
  'cria-change',
  'cria-sent',
  'debug',
  'output',
  'replinput',
  'search-editor',
  'vscode-interactive-input',
  'vscode-scm',
  'vscode-terminal',
]);

/** The scheme of the cells of a notebook. */
export const cellScheme = 'vscode-notebook-cell';

/** What `hasCode` needs of a document. */
export interface ReadableDocument {
  readonly uri: { readonly scheme: string };
  readonly lineCount: number;
  lineAt(line: number): { readonly isEmptyOrWhitespace: boolean };
}

/** Whether a document can hold code: it is neither an output nor an input box nor a preview of Cria's. */
export function isCodeDocument({ uri }: Pick<ReadableDocument, 'uri'>): boolean {
  return !schemesWithoutCode.has(uri.scheme);
}

/** Whether a document holds code. Called at every move of the caret, so it stops at the first line with text. */
export function hasCode(document: ReadableDocument): boolean {
  if (!isCodeDocument(document)) return false;
  for (let line = 0; line < document.lineCount; line += 1) {
    if (!document.lineAt(line).isEmptyOrWhitespace) return true;
  }
  return false;
}

/** From 0. A selection that ends before the first character of a line leaves that line out. */
export function lastSelectedLine({ start, end }: vscode.Range): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

/** The last segment of a path, such as `cart.ts`. */
export function baseName({ path }: Pick<vscode.Uri, 'path'>): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
