import * as vscode from 'vscode';
import { asIconLabel, asLabel } from '../shared/hiddenCharacters';
import { formatLineRange } from '../conversation/prompt';
import { type Clock, withTimeout } from '../shared/clock';
import type { AttachSource } from '../shared/protocol';
import { lastSelectedLine } from '../ui/codeDocuments';
import { getDisplayName, getLinesName } from '../ui/documentNames';
import type { QuickInputs } from '../ui/dialogs';
import type { GitHost } from './gitChanges';
import type { SymbolPlace } from './textExcerpts';

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

/** Undefined if it is no URI with a scheme. */
export function parseUri(text: string): vscode.Uri | undefined {
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

/** VS Code gives each symbol also a `location`. */
type FoundSymbol = vscode.DocumentSymbol | vscode.SymbolInformation;

/** Opens the file, so it must be allowed to be read. Empty if no extension knows its symbols, or not in time. */
async function requestSymbols(uri: vscode.Uri, clock: Clock): Promise<readonly FoundSymbol[]> {
  const found = vscode.commands.executeCommand<readonly FoundSymbol[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  return (await withTimeout(found, { clock, ms: symbolTimeoutMs })) ?? [];
}

/**
 * The range of the function, class or other symbol whose name is on `line` (from 0), or that line alone if
 * there is none. Workspace symbols have the position of a name only, not the range of the symbol.
 */
export async function findSymbolRange(
  uri: vscode.Uri,
  line: number,
  clock: Clock,
): Promise<vscode.Range> {
  const symbols = await requestSymbols(uri, clock);
  const ranges = symbols.flatMap((symbol) => findRangesNamedOn(symbol, line));
  return ranges.at(-1) ?? new vscode.Range(line, 0, line, 0);
}

function findRangesNamedOn(symbol: FoundSymbol, line: number): vscode.Range[] {
  if (!('children' in symbol)) {
    const { range } = symbol.location;
    return range.start.line === line ? [range] : [];
  }
  const inside = symbol.children.flatMap((child) => findRangesNamedOn(child, line));
  return symbol.selectionRange.start.line === line ? [symbol.range, ...inside] : inside;
}

export interface NamedSymbol extends SymbolPlace {
  readonly name: string;
  /** The names of the symbols it is in, the innermost first. */
  readonly containers: readonly string[];
}

/** The symbols of a file from its first line to its last, without the variables inside functions. */
export async function findSymbols(uri: vscode.Uri, clock: Clock): Promise<readonly NamedSymbol[]> {
  const symbols = await requestSymbols(uri, clock);
  return symbols
    .flatMap((symbol) => listSymbols(symbol, []))
    .sort((a, b) => a.first - b.first || b.last - a.last);
}

const codeKinds: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
]);

const valueKinds: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Variable,
  vscode.SymbolKind.Constant,
  vscode.SymbolKind.Property,
]);

function listSymbols(symbol: FoundSymbol, containers: readonly string[]): NamedSymbol[] {
  const { name } = symbol;
  const range = 'children' in symbol ? symbol.range : symbol.location.range;
  const named = 'children' in symbol ? symbol.selectionRange : range;
  const lines = getLines(range);
  const inside = 'children' in symbol ? symbol.children : [];
  const listed = codeKinds.has(symbol.kind)
    ? inside.filter(({ kind }) => !valueKinds.has(kind))
    : inside;
  return [
    { name, containers, depth: containers.length, line: named.start.line + 1, ...lines },
    ...listed.flatMap((child) => listSymbols(child, [name, ...containers])),
  ];
}

export interface ChosenParts {
  readonly outline: boolean;
  readonly symbols: readonly NamedSymbol[];
}

type PartItem = vscode.QuickPickItem & { readonly symbol?: NamedSymbol };

/** Asks which parts of a file to attach. Undefined if none were chosen. */
export async function pickParts(
  inputs: Pick<QuickInputs, 'pickMany'>,
  uri: vscode.Uri,
  symbols: readonly NamedSymbol[],
): Promise<ChosenParts | undefined> {
  const outline: PartItem = {
    label: t('$(list-tree) Outline'),
    description: t('First line of each symbol'),
  };
  const items = symbols.map((symbol): PartItem => {
    const label = asIconLabel(symbol.name, 200);
    const place = [formatLineRange(symbol), ...symbol.containers].join(', ');
    return { label, description: asIconLabel(place, 200), symbol };
  });
  const title = t('Attach Parts of {0}', asLabel(getDisplayName(uri)));
  const chosen = await inputs.pickMany([outline, ...items], { title });
  if (chosen.length === 0) return undefined;
  return {
    outline: chosen.includes(outline),
    symbols: chosen.flatMap(({ symbol }) => (symbol ? [symbol] : [])),
  };
}
