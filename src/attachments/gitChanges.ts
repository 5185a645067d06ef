import * as vscode from 'vscode';

/** The part of the Git extension's API (version 1) that is used. */
export interface GitRepository {
  readonly rootUri: vscode.Uri;
  diff(cached?: boolean): Promise<string>;
}

interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

/** The repository of `uri`, else the first one; undefined: there is none, or no Git extension. */
export async function findRepository(
  uri: vscode.Uri | undefined,
): Promise<GitRepository | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) return undefined;
  const git = await extension.activate();
  if (!git.enabled) return undefined;
  const api = git.getAPI(1);
  const own = uri && api.getRepository(uri);
  return own ?? api.repositories[0];
}

export function hasGit(): boolean {
  return vscode.extensions.getExtension('vscode.git') !== undefined;
}
