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
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
  const named = parse(text);
  const uri = named && asSeenHere(named, folders);
  const isOwn = folders.some(
    ({ scheme, authority }) => scheme === uri?.scheme && authority === uri.authority,
  );
  if (!uri || !isOwn || uri.query !== '') return undefined;
  const [, first, last] = /^L(\d{1,7})(?:-L?(\d{1,7}))?$/u.exec(uri.fragment) ?? [];
  const plain = uri.with({ fragment: '' });
  if (first === undefined) return { uri: plain };
  return { uri: plain, lines: ordered(Number(first), Number(last ?? first)) };
}

/**
 * What is dragged in a remote window is named as the window sees it; on the remote side, where we may
 * be, the same is a file like any other.
 */
function asSeenHere(uri: vscode.Uri, folders: readonly vscode.Uri[]): vscode.Uri {
  const isOfRemote = uri.scheme === 'vscode-remote' && vscode.env.remoteName !== undefined;
  const isHere = folders.every(({ scheme }) => scheme !== 'vscode-remote');
  return isOfRemote && isHere ? uri.with({ scheme: 'file', authority: '' }) : uri;
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
