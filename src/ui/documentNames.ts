import * as vscode from 'vscode';
import { formatLineRange } from '../conversation/prompt';
import { baseName, cellScheme } from './codeDocuments';

/** The cell of an open notebook whose document this is. */
export function findCell(uri: vscode.Uri): vscode.NotebookCell | undefined {
  if (uri.scheme !== cellScheme) return undefined;
  return vscode.workspace.notebookDocuments
    .flatMap((notebook) => notebook.getCells())
    .find(({ document }) => document.uri.toString() === uri.toString());
}

/** The file that a document is of: of a cell, the one of its notebook. */
export function getFileUri(uri: vscode.Uri): vscode.Uri {
  return findCell(uri)?.notebook.uri ?? uri;
}

/**
 * As people name a document: `src/cart.ts`, or `nb.ipynb, cell 2`. Relative to its workspace folder.
 * @param includeFolder whether the name of the folder comes first: undefined if there are several
 */
export function getDisplayPath(uri: vscode.Uri, includeFolder?: boolean): string {
  return withCell(uri, vscode.workspace.asRelativePath(getFileUri(uri), includeFolder));
}

/** Without the folders: `cart.ts`, or `nb.ipynb, cell 2`. */
export function getDisplayName(uri: vscode.Uri): string {
  return withCell(uri, baseName(uri));
}

function withCell(uri: vscode.Uri, name: string): string {
  const cell = findCell(uri);
  return cell ? `${name}, cell ${cell.index + 1}` : name;
}

/** Lines of a document, from 1: `cart.ts:80-96`, or `nb.ipynb, cell 2, lines 1-3`. */
export function getLinesName(
  uri: vscode.Uri,
  lines: { readonly first: number; readonly last: number },
): string {
  const name = getDisplayName(uri);
  if (uri.scheme !== cellScheme) return `${name}:${formatLineRange(lines)}`;
  return `${name}, ${lines.first === lines.last ? 'line' : 'lines'} ${formatLineRange(lines)}`;
}
