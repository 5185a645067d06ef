import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import { formatLineRange } from '../conversation/prompt';
import { type Clock, withTimeout } from '../shared/clock';
import type { AttachSource } from '../shared/protocol';
import { lastSelectedLine } from '../ui/codeDocuments';
import { getDisplayName, getLinesName } from '../ui/documentNames';
import type { QuickInputs } from '../ui/dialogs';
import type { GitHost } from './gitChanges';

/** A file or folder, or lines of a file, from 1, both included. */
export interface AttachmentTarget {
  readonly uri: vscode.Uri;
  readonly lines?: { readonly first: number; readonly last: number };
}

/**
 * Parses a URI that the page sent, with a fragment such as `#L10-20` for lines. Undefined if it must not be
 * read: the page shows text of models, so it can only name files on the file systems of the workspace.
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
 * A file dragged in a remote window has a `vscode-remote` URI; an extension that runs on the remote side
 * knows the same file by a `file` URI.
 */
function toExtensionSideUri(uri: vscode.Uri, folders: readonly vscode.Uri[]): vscode.Uri {
  const isRemote = uri.scheme === 'vscode-remote' && vscode.env.remoteName !== undefined;
  const runsThere = folders.every(({ scheme }) => scheme !== 'vscode-remote');
  return isRemote && runsThere ? uri.with({ scheme: 'file', authority: '' }) : uri;
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

/** Selections of an editor that touch the same or adjacent lines are one. From the first line to the last. */
export function getSelectedRanges({ selections }: vscode.TextEditor): readonly vscode.Range[] {
  const ranges: vscode.Range[] = [];
  const selected = selections.filter(({ isEmpty }) => !isEmpty);
  for (const range of selected.sort((a, b) => a.start.compareTo(b.start))) {
    const before = ranges.at(-1);
    if (before && range.start.line <= lastSelectedLine(before) + 1) {
      ranges.splice(-1, 1, before.union(range));
    } else ranges.push(range);
  }
  return ranges;
}

/** Whole lines, counted from 1, both included. */
export function getLines(range: vscode.Range): { readonly first: number; readonly last: number } {
  return { first: range.start.line + 1, last: lastSelectedLine(range) + 1 };
}

/** Such as `cart.ts:80-96`, or `cart.ts:3, 80-96` for several selections. */
export function getSelectionName(editor: vscode.TextEditor): string | undefined {
  const [first, ...more] = getSelectedRanges(editor).map(getLines);
  if (!first) return undefined;
  const name = getLinesName(editor.document.uri, first);
  return [name, ...more.map(formatLineRange)].join(', ');
}

/** The open document of a file; it may hold changes that are not saved. */
export function findOpenDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const wanted = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === wanted);
}

const { t } = vscode.l10n;

type Choice = Exclude<AttachSource, 'pick'> | 'files' | 'folder' | 'stagedChanges';
type Item = vscode.QuickPickItem & { readonly choice: Choice };

/** Asks what to attach. What is in the active editor comes first. */
export async function pickSource(
  inputs: Pick<QuickInputs, 'pick'>,
  host: GitHost,
): Promise<Choice | undefined> {
  const placeholder = t('Attach to Message');
  const chosen = await inputs.pick([...editorItems(), ...workspaceItems(host)], { placeholder });
  return chosen?.choice;
}

function editorItems(): Item[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return [];
  const { document } = editor;
  const name = asIconLabel(getDisplayName(document.uri));
  const problems = vscode.languages.getDiagnostics(document.uri).length;
  const items: Item[] = [];
  const selection = getSelectionName(editor);
  if (selection !== undefined) {
    const description = asIconLabel(selection);
    items.push({ label: t('$(list-selection) Selection'), description, choice: 'selection' });
  }
  items.push({ label: t('$(file-code) Open File'), description: name, choice: 'file' });
  if (problems > 0) {
    const description = t('{0} in {1}', problems, name);
    items.push({ label: t('$(warning) Problems'), description, choice: 'problems' });
  }
  return items;
}

/** Git changes are offered also where choosing them says why they cannot be read. */
function workspaceItems(host: GitHost): Item[] {
  const hasGit = host.findExtension() !== undefined || host.isOnUserSide;
  const git: Item[] = hasGit
    ? [
        { label: t('$(diff) Git Changes'), choice: 'gitDiff' },
        { label: t('$(diff) Staged Git Changes'), choice: 'stagedChanges' },
      ]
    : [];
  return [
    { label: t('$(files) Files…'), choice: 'files' },
    { label: t('$(folder) Folder Listing…'), choice: 'folder' },
    ...git,
  ];
}

/** A language server that does not answer in time leaves the one line. */
const symbolTimeoutMs = 3_000;

type Symbols = readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined;

/**
 * The range of the function, class or other symbol whose name is on `line` (from 0), or that line alone if
 * there is none. Workspace symbols have the position of a name only, not the range of the symbol.
 */
export async function findSymbolRange(
  uri: vscode.Uri,
  line: number,
  clock: Clock,
): Promise<vscode.Range> {
  const found = vscode.commands.executeCommand<Symbols>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  const symbols = await withTimeout(found, { clock, ms: symbolTimeoutMs });
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
