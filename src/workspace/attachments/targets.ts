import * as vscode from 'vscode';

/** A file or folder, or lines of a file, from 1, both included. */
export interface Target {
  readonly uri: vscode.Uri;
  readonly lines?: { readonly first: number; readonly last: number };
}

/**
 * What a URI of the page means; undefined: nothing that may be read for it. The page shows what a model
 * wrote, so only the file systems of this workspace's own folders are open to it.
 */
export function ownTarget(text: string): Target | undefined {
  const uri = parse(text);
  const folders = vscode.workspace.workspaceFolders ?? [];
  const isOwn = folders.some(
    ({ uri: { scheme, authority } }) => scheme === uri?.scheme && authority === uri.authority,
  );
  if (!uri || !isOwn || uri.query !== '') return undefined;
  const [, first, last] = /^L(\d{1,7})(?:-L?(\d{1,7}))?$/u.exec(uri.fragment) ?? [];
  const plain = uri.with({ fragment: '' });
  if (first === undefined) return { uri: plain };
  return { uri: plain, lines: ordered(Number(first), Number(last ?? first)) };
}

function ordered(a: number, b: number): { first: number; last: number } {
  return { first: Math.max(1, Math.min(a, b)), last: Math.max(1, a, b) };
}

function parse(text: string): vscode.Uri | undefined {
  try {
    return vscode.Uri.parse(text, true);
  } catch {
    return undefined;
  }
}
