import * as vscode from 'vscode';
import { formatLineRange } from '../conversation/prompt';
import { lastSelectedLine } from '../explain/explainableCode';
import type { AttachSource } from '../shared/protocol';
import type { QuickInputs } from '../ui/quickInputs';
import { hasGit } from './gitChanges';

/** A file or folder, or lines of a file, from 1, both included. */
export interface AttachmentTarget {
  readonly uri: vscode.Uri;
  readonly lines?: { readonly first: number; readonly last: number };
}

/**
 * What a URI of the page means; undefined: nothing that may be read for it. The page shows what a model
 * wrote, so only the file systems of this workspace's own folders are open to it.
 */
export function parseWorkspaceTarget(text: string): AttachmentTarget | undefined {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
  const named = parseUri(text);
  const uri = named && toExtensionSideUri(named, folders);
  const isOwn = folders.some(
    ({ scheme, authority }) => scheme === uri?.scheme && authority === uri.authority,
  );
  if (!uri || !isOwn || uri.query !== '') return undefined;
  const [, first, last] = /^L(\d{1,7})(?:-L?(\d{1,7}))?$/u.exec(uri.fragment) ?? [];
  const plain = uri.with({ fragment: '' });
  if (first === undefined) return { uri: plain };
  return { uri: plain, lines: orderLines(Number(first), Number(last ?? first)) };
}

/**
 * What is dragged in a remote window is named as the window sees it; on the remote side, where we may
 * be, the same is a file like any other.
 */
function toExtensionSideUri(uri: vscode.Uri, folders: readonly vscode.Uri[]): vscode.Uri {
  const isOfRemote = uri.scheme === 'vscode-remote' && vscode.env.remoteName !== undefined;
  const isHere = folders.every(({ scheme }) => scheme !== 'vscode-remote');
  return isOfRemote && isHere ? uri.with({ scheme: 'file', authority: '' }) : uri;
}

function orderLines(a: number, b: number): { first: number; last: number } {
  return { first: Math.max(1, Math.min(a, b)), last: Math.max(1, a, b) };
}

function parseUri(text: string): vscode.Uri | undefined {
  try {
    return vscode.Uri.parse(text, true);
  } catch {
    return undefined;
  }
}

/** Whole lines, counted from 1, both included. */
export interface SelectedLines {
  readonly first: number;
  readonly last: number;
  /** Such as `80-96`. */
  readonly range: string;
}

/** The last segment of its path. */
export function baseName({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** As people write it: relative to its folder, with the folder's name where there are several. */
export function getDisplayPath(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

export function toSelectedLines(first: number, last: number): SelectedLines {
  return { first, last, range: formatLineRange({ first, last }) };
}

export function getSelectedLines({ selection }: vscode.TextEditor): SelectedLines {
  return toSelectedLines(selection.start.line + 1, lastSelectedLine(selection) + 1);
}

/** The document of a file, if somebody has it open; its text may be newer than the file. */
export function findOpenDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const wanted = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === wanted);
}

const { t } = vscode.l10n;

type Choice = Exclude<AttachSource, 'pick'> | 'files' | 'folder';
type Item = vscode.QuickPickItem & { readonly choice: Choice };

/** Asks what is to be attached: what is in the editor now comes first. */
export async function pickSource(inputs: QuickInputs): Promise<Choice | undefined> {
  const placeholder = t('Attach to Message');
  const chosen = await inputs.pick([...editorItems(), ...workspaceItems()], { placeholder });
  return chosen?.choice;
}

function editorItems(): Item[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return [];
  const { document, selection } = editor;
  const name = baseName(document.uri);
  const problems = vscode.languages.getDiagnostics(document.uri).length;
  const items: Item[] = [];
  if (!selection.isEmpty) {
    const description = `${name}:${getSelectedLines(editor).range}`;
    items.push({ label: t('$(list-selection) Selection'), description, choice: 'selection' });
  }
  items.push({ label: t('$(file-code) Open File'), description: name, choice: 'file' });
  if (problems > 0) {
    const description = t('{0} in {1}', problems, name);
    items.push({ label: t('$(warning) Problems'), description, choice: 'problems' });
  }
  return items;
}

function workspaceItems(): Item[] {
  const git: Item[] = hasGit() ? [{ label: t('$(diff) Git Changes'), choice: 'gitDiff' }] : [];
  return [
    { label: t('$(files) Files…'), choice: 'files' },
    { label: t('$(folder) Folder Listing…'), choice: 'folder' },
    ...git,
  ];
}

type Symbols = readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined;

/**
 * The lines of the function, class or the like that is named on `line` (from 0); without one, that line
 * alone. Lists of the workspace's symbols say where a name stands, not how far it reaches.
 */
export async function findSymbolRange(uri: vscode.Uri, line: number): Promise<vscode.Range> {
  const symbols = await vscode.commands.executeCommand<Symbols>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  const ranges = (symbols ?? []).flatMap((symbol) => findRangesNamedOn(symbol, line));
  return ranges.at(-1) ?? new vscode.Range(line, 0, line, 0);
}

function findRangesNamedOn(
  symbol: vscode.DocumentSymbol | vscode.SymbolInformation,
  line: number,
): vscode.Range[] {
  if ('location' in symbol) {
    const { range } = symbol.location;
    return range.start.line === line ? [range] : [];
  }
  const inside = symbol.children.flatMap((child) => findRangesNamedOn(child, line));
  return symbol.selectionRange.start.line === line ? [symbol.range, ...inside] : inside;
}
