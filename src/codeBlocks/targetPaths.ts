import * as vscode from 'vscode';
import { isProtected, parseRelativePath } from './relativePath';
import { dialogTexts } from '../ui/dialogs';

const { t } = vscode.l10n;

/** Where in the workspace a path of an answer leads. */
export interface TargetPath {
  readonly uri: vscode.Uri;
  /** As it is shown: relative to the workspace. */
  readonly shown: string;
  readonly state: 'file' | 'folder' | 'missing' | 'blocked';
  /** A segment on the way is a symbolic link, so it may lead out of the workspace. */
  readonly isLinked: boolean;
  readonly isProtected: boolean;
}

/** The places that `path` can mean, in each folder of the workspace; none when it must not be followed. */
export async function resolveTargets(path: string): Promise<readonly TargetPath[]> {
  const segments = parseRelativePath(path);
  if (!segments) return [];
  const folders = vscode.workspace.workspaceFolders ?? [];
  const named = folders.find(({ name }) => folders.length > 1 && name === segments[0]);
  if (named && segments.length > 1) return [await resolveInFolder(named, segments.slice(1))];
  return Promise.all(folders.map((folder) => resolveInFolder(folder, segments)));
}

/** The one place that `path` means: a file that is there, else where it would be. */
export async function resolveTarget(path: string): Promise<TargetPath | undefined> {
  const places = await resolveTargets(path);
  return places.find(({ state }) => state === 'file') ?? places[0];
}

/** Follows `segments` one by one, as a link on the way could lead anywhere. */
async function resolveInFolder(
  { uri: root }: vscode.WorkspaceFolder,
  segments: readonly string[],
): Promise<TargetPath> {
  const uri = vscode.Uri.joinPath(root, ...segments);
  let state: TargetPath['state'] = 'folder';
  let isLinked = false;
  for (let depth = 1; depth <= segments.length && state === 'folder'; depth += 1) {
    const type = await getFileType(vscode.Uri.joinPath(root, ...segments.slice(0, depth)));
    isLinked ||= type !== undefined && (type & vscode.FileType.SymbolicLink) !== 0;
    state = stateAfter(type, depth === segments.length);
  }
  const shown = vscode.workspace.asRelativePath(uri);
  return { uri, shown, state, isLinked, isProtected: isProtected(segments) };
}

function stateAfter(type: vscode.FileType | undefined, isLast: boolean): TargetPath['state'] {
  if (type === undefined) return 'missing';
  if ((type & vscode.FileType.Directory) !== 0) return 'folder';
  return isLast && (type & vscode.FileType.File) !== 0 ? 'file' : 'blocked';
}

async function getFileType(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

/** Whether the person wants to write there, asked only where that is more than it looks like. */
export async function confirmWrite(place: Omit<TargetPath, 'state'>): Promise<boolean> {
  const reasons = [
    ...(place.isLinked ? [t('A symbolic link in this path may lead outside the workspace.')] : []),
    ...(place.isProtected
      ? [t('Files like this can run programs or change editor settings without asking.')]
      : []),
  ];
  if (reasons.length === 0) return true;
  const proceed = t('Write');
  const sentence = t('Write to {0}?', place.shown);
  const texts = dialogTexts(sentence, reasons);
  const chosen = await vscode.window.showWarningMessage(...texts, proceed);
  return chosen === proceed;
}

/** The place of a document that is open already: the person opened it, so only its name matters. */
export function toTarget({ uri }: vscode.TextDocument): Omit<TargetPath, 'state'> {
  const shown = vscode.workspace.asRelativePath(uri);
  const segments = shown.split(/[/\\]/u).filter((segment) => segment !== '');
  return { uri, shown, isLinked: false, isProtected: isProtected(segments) };
}
