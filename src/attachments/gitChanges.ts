import * as vscode from 'vscode';
import { toLf } from '../shared/text';

/** What Cria uses of the Git extension's API, version 1. */
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

/** The repository of `uri`, otherwise the first one; undefined without one or without the Git extension. */
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

export interface DiffSource {
  readonly rootUri: vscode.Uri;
  readonly diff: string;
}

/** The staged changes, then the unstaged ones. */
export async function readDiff(repository: GitRepository): Promise<DiffSource> {
  const parts = [await repository.diff(true), await repository.diff(false)];
  const diff = parts.map((part) => toLf(part).trim()).join('\n');
  return { rootUri: repository.rootUri, diff };
}
