import * as vscode from 'vscode';
import type { ReadingGate } from '../files/readingGate';
import { type FileDiff, isPathPattern, newFileDiff, readDiffText } from './gitDiffText';

const { t } = vscode.l10n;

/** What Cria uses of the Git extension's API, version 1. */
interface GitChange {
  readonly uri: vscode.Uri;
  readonly originalUri: vscode.Uri;
  readonly renameUri?: vscode.Uri | undefined;
  readonly status: number;
}

/** `Status.UNTRACKED` of the Git extension's API. */
const untracked = 7;

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    readonly HEAD?: { readonly commit?: string } | undefined;
    readonly mergeChanges: readonly GitChange[];
    readonly indexChanges: readonly GitChange[];
    readonly workingTreeChanges: readonly GitChange[];
    /** Absent in versions that list new files among the changes of the working tree. */
    readonly untrackedChanges?: readonly GitChange[];
  };
  status(): Promise<void>;
  /** The staged changes of a file. */
  diffIndexWithHEAD(path: string): Promise<string>;
  /** All changes of a file since a commit. `diffWithHEAD` would leave out what is staged. */
  diffWith(ref: string, path: string): Promise<string>;
}

interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

/** VS Code's Git, as an extension on one side of a window sees it. */
export interface GitHost {
  /** Undefined if the Git extension runs on the other side of a remote window, or is disabled. */
  readonly findExtension: () => vscode.Extension<GitExtension> | undefined;
  /** Whether Cria runs on the user's side of a remote window. Git runs where the folder is. */
  readonly isOnUserSide: boolean;
}

/** @param kind the side that Cria runs on */
export function createGitHost(kind: vscode.ExtensionKind): GitHost {
  return {
    findExtension: () => vscode.extensions.getExtension<GitExtension>('vscode.git'),
    isOnUserSide: vscode.env.remoteName !== undefined && kind === vscode.ExtensionKind.UI,
  };
}

/** Why there are no repositories: the extension is on the other side of a remote window, or turned off. */
export type GitAccess = Repositories | 'otherSide' | 'unavailable';

interface Repositories {
  /** The one that holds the file in question, first in `all`. */
  readonly own?: GitRepository;
  readonly all: readonly GitRepository[];
}

/** The repositories, the one of `uri` first. */
export async function findRepositories(
  host: GitHost,
  uri: vscode.Uri | undefined,
): Promise<GitAccess> {
  const extension = host.findExtension();
  if (!extension) return host.isOnUserSide ? 'otherSide' : 'unavailable';
  const git = await extension.activate();
  if (!git.enabled) return 'unavailable';
  const api = git.getAPI(1);
  const own = uri && api.getRepository(uri);
  if (!own) return { all: api.repositories };
  return { own, all: [own, ...api.repositories.filter((other) => !isSame(own, other))] };
}

function isSame({ rootUri }: GitRepository, other: GitRepository): boolean {
  return rootUri.toString() === other.rootUri.toString();
}

/** Which changes are attached: those of the next commit, or all since the last one. */
export type ChangeScope = 'all' | 'staged';

/** A file that has changed, by what the Git extension says. */
interface ChangedFile {
  readonly uri: vscode.Uri;
  /** Also its earlier name, where it was renamed. */
  readonly uris: readonly vscode.Uri[];
  /** Git has no earlier state of it. */
  readonly isNew: boolean;
}

/** The changed files, each once. */
export function listChanges({ state }: GitRepository, scope: ChangeScope): readonly ChangedFile[] {
  const hasCommit = state.HEAD?.commit !== undefined;
  const changes =
    scope === 'staged'
      ? state.indexChanges
      : [
          ...state.indexChanges,
          ...state.mergeChanges,
          ...state.workingTreeChanges,
          ...(state.untrackedChanges ?? []),
        ];
  const files = new Map<string, ChangedFile>();
  for (const change of changes) {
    const { uri, originalUri, renameUri } = change;
    const key = (renameUri ?? uri).toString();
    const known = files.get(key);
    const named = [uri, originalUri, ...(renameUri ? [renameUri] : []), ...(known?.uris ?? [])];
    files.set(key, {
      uri: renameUri ?? uri,
      uris: [...new Map(named.map((each) => [each.toString(), each])).values()],
      isNew: change.status === untracked || (scope === 'all' && !hasCommit),
    });
  }
  return [...files.values()];
}

/** The diff of a file, and why the user must be asked before it is attached. */
export interface ReadChange extends FileDiff {
  readonly reason?: string | undefined;
}

export interface DiffSource {
  readonly rootUri: vscode.Uri;
  readonly scope: ChangeScope;
  readonly changes: readonly ReadChange[];
  /** Files that have changed and are not read: folders of other repositories, unreadable files, and those over the limit. */
  readonly unread: number;
}

/** More changed files are not read: no context window holds them. */
const maxFiles = 200;
const filesAtOnce = 8;

export interface DiffReaders {
  readonly gate: ReadingGate;
  /** The text of a file. Rejects if it is not text. */
  readonly readText: (uri: vscode.Uri) => Promise<string>;
}

/** Reads each file's changes, and asks the gate about each, under its old and its new name. */
export async function readChanges(
  repository: GitRepository,
  scope: ChangeScope,
  readers: DiffReaders,
): Promise<DiffSource> {
  const files = listChanges(repository, scope);
  const changes: ReadChange[] = [];
  let unread = Math.max(0, files.length - maxFiles);
  for (let at = 0; at < Math.min(files.length, maxFiles); at += filesAtOnce) {
    const batch = files.slice(at, Math.min(at + filesAtOnce, maxFiles));
    const read = await Promise.all(
      batch.map((file) => readChange(repository, scope, file, readers)),
    );
    for (const change of read) {
      if (change === 'unread') unread++;
      else if (change !== 'unchanged') changes.push(change);
    }
  }
  return { rootUri: repository.rootUri, scope, changes, unread };
}

async function readChange(
  repository: GitRepository,
  scope: ChangeScope,
  file: ChangedFile,
  readers: DiffReaders,
): Promise<ReadChange | NoDiff> {
  const label = vscode.workspace.asRelativePath(file.uri);
  const path = getRelativePath(repository.rootUri, file.uri);
  const diff = await readDiff(repository, scope, file, readers);
  if (typeof diff === 'string') return diff;
  const isUnclear = diff.isUnclear || isPathPattern(path);
  const reason =
    (await findReason(file, readers.gate)) ??
    readers.gate.reasonInText(label, diff.text) ??
    (isUnclear
      ? t('Could not separate the changes in {0} from those in other files.', label)
      : undefined);
  return { path, text: diff.text, reason };
}

async function findReason(file: ChangedFile, gate: ReadingGate): Promise<string | undefined> {
  for (const uri of file.uris) {
    const reason = await gate.reasonToAsk(uri, { mayBeMissing: true });
    if (reason !== undefined) return reason;
  }
  return undefined;
}

interface Diff {
  readonly text: string;
  readonly isUnclear: boolean;
}

/** A file that was staged and then changed back is as in the last commit. */
type NoDiff = 'unchanged' | 'unread';

async function readDiff(
  repository: GitRepository,
  scope: ChangeScope,
  { uri, isNew }: ChangedFile,
  { readText }: DiffReaders,
): Promise<Diff | NoDiff> {
  if (!isNew) {
    const printed = readDiffText(
      scope === 'staged'
        ? await repository.diffIndexWithHEAD(uri.fsPath)
        : await repository.diffWith('HEAD', uri.fsPath),
    );
    return printed.kind === 'none'
      ? 'unchanged'
      : { text: printed.text, isUnclear: printed.kind === 'unclear' };
  }
  const path = getRelativePath(repository.rootUri, uri);
  try {
    return { text: newFileDiff(path, await readText(uri)), isUnclear: false };
  } catch {
    return (await isFile(uri)) ? { text: binaryDiff(path), isUnclear: false } : 'unread';
  }
}

function binaryDiff(path: string): string {
  return `diff --git a/${path} b/${path}\nnew file\nBinary file`;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}

function getRelativePath(root: vscode.Uri, uri: vscode.Uri): string {
  const start = root.path.endsWith('/') ? root.path : `${root.path}/`;
  return uri.path.startsWith(start) ? uri.path.slice(start.length) : uri.path;
}
