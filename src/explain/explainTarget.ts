import * as vscode from 'vscode';
import type { CodeContext, Definition, ExplainSubject, Lines } from '../conversation/explanation';
import { type Clock, withTimeout } from '../shared/clock';
import { defined } from '../shared/defined';
import { takeAround, toLf } from '../shared/text';
import { ReadingGate } from '../files/readingGate';
import { looksSecret, mayHoldSecrets } from '../files/secretFiles';
import { cellScheme, lastSelectedLine } from '../ui/codeDocuments';
import { getDisplayPath } from '../ui/documentNames';
import { importLines, maxHeadLines } from './explainPrompt';
import type { LineRange, TrackedLines } from './trackedLines';

/** What is to be explained: lines of a document, and perhaps a part of one, or what is reported of them. */
export interface Target extends LineRange {
  readonly document: vscode.TextDocument;
  readonly part?: string;
  /** Where the part begins. */
  readonly partAt?: vscode.Position;
  readonly problem?: vscode.Diagnostic;
}

/**
 * Over several lines it is whole ones that are meant, however exactly their ends were touched, unless they are
 * so long that the selection is a small part of them.
 */
export function getSelectedTarget({ document, selection }: vscode.TextEditor): Target {
  const lines = { document, first: selection.start.line, last: lastSelectedLine(selection) };
  const selected = toLf(document.getText(selection));
  const part = selected.trim();
  const code = getCode(document, lines);
  const isSmall = takeAround(code, 0, part) !== code;
  const isPart = part !== '' && part !== code.trim() && (selection.isSingleLine || isSmall);
  if (!isPart) return lines;
  const blanks = selected.length - selected.trimStart().length;
  const start = document.offsetAt(selection.start) + blanks;
  return { ...lines, part, partAt: document.positionAt(start) };
}

export function toTarget(document: vscode.TextDocument, range: vscode.Range): Target {
  return { document, first: range.start.line, last: range.end.line };
}

/** Lines of a document that is open; undefined where it is not. */
export function findTarget(uri: vscode.Uri, { first, last }: LineRange): Target | undefined {
  const document = vscode.workspace.textDocuments.find(
    (open) => open.uri.toString() === uri.toString(),
  );
  return document && { document, first, last };
}

export function getRange(document: vscode.TextDocument, { first, last }: LineRange): vscode.Range {
  const end = Math.min(last, document.lineCount - 1);
  return document.validateRange(
    new vscode.Range(Math.min(first, end), 0, end, document.lineAt(end).text.length),
  );
}

/** Lines of the editor that show the first comment of a thread. */
const threadLines = 6;

/** Scrolls the editor of these lines so that what is shown below them is seen, if it would not be. */
export function revealBelow({ document, last }: Target): void {
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  const [visible] = editor?.visibleRanges ?? [];
  if (!editor || !visible) return;
  const isSeen = visible.start.line <= last && last <= visible.end.line;
  // Below the end of a document that is seen whole there is room.
  const end = document.lineCount - 1;
  const hasRoom = last + threadLines <= visible.end.line || isWhole(visible, end);
  if (isSeen && hasRoom) return;
  const place = new vscode.Range(last, 0, last, 0);
  editor.revealRange(place, vscode.TextEditorRevealType.InCenter);
}

function isWhole({ start, end }: vscode.Range, last: number): boolean {
  return start.line === 0 && end.line === last;
}

export function trackTarget(target: Target): TrackedLines {
  const { start, end } = getRange(target.document, target);
  return { first: start.line, last: end.line, length: end.character, isLost: false };
}

/** The code with line breaks of one kind, so that it is the same code in whatever file. */
export function getCode(document: vscode.TextDocument, lines: LineRange): string {
  return document.getText(getRange(document, lines)).replaceAll('\r\n', '\n');
}

export function createSubject(target: Target, around?: CodeContext): ExplainSubject {
  const { document, problem, part, first, last } = target;
  const start = target.partAt ?? problem?.range.start;
  return defined({
    code: getCode(document, target),
    language: document.languageId,
    path: getDisplayPath(document.uri, false),
    firstLine: first + 1,
    lastLine: last + 1,
    part,
    partAt: start && getOffset(document, first, start),
    problem: problem && toProblem(problem),
    around,
  });
}

/** From the beginning of line `first` to `position`, in a text with line breaks of one kind. */
function getOffset(
  document: vscode.TextDocument,
  first: number,
  position: vscode.Position,
): number {
  return toLf(document.getText(new vscode.Range(first, 0, position.line, position.character)))
    .length;
}

function toProblem({
  message,
  source,
  code,
}: vscode.Diagnostic): NonNullable<ExplainSubject['problem']> {
  const number = typeof code === 'object' ? code.value : code;
  return defined({
    message,
    source,
    code: number === undefined ? undefined : String(number),
  });
}

/** The problem nearest to the caret: on it, else on its line, else the next one below. */
export function findProblemAt(
  document: vscode.TextDocument,
  caret: vscode.Position,
): vscode.Diagnostic | undefined {
  const problems = [...vscode.languages.getDiagnostics(document.uri)].sort(
    (a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start),
  );
  return (
    problems.find(({ range }) => range.contains(caret)) ??
    problems.find(({ range }) => range.start.line === caret.line) ??
    problems
      .filter(({ range }) => range.start.isAfter(caret))
      .sort((a, b) => a.range.start.compareTo(b.range.start))[0]
  );
}

/**
 * Whether a comment thread can be kept for a document. A document without a file (an old version of a commit,
 * a decompiled class) no longer exists when the window is opened again.
 */
export function canKeepThreads({ scheme }: vscode.Uri): boolean {
  // VS Code draws no thread in a cell of a notebook.
  if (scheme === cellScheme) return false;
  return scheme === 'untitled' || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

/** Whether VS Code shows comments: with the setting off, threads exist but are invisible. */
export function areCommentsVisible(): boolean {
  return vscode.workspace.getConfiguration('comments').get<boolean>('visible', true);
}

/** A language server that has just started answers late; an explanation does not wait longer for it. */
const timeoutMs = 800;

const maxDefinitions = 4;
const definitionLines = 3;
const linesAround = 10;
const maxEnclosingLines = 400;

/**
 * Collects what helps to understand the lines, as far as VS Code knows it in time. Never rejects; ends at once,
 * with less, when `signal` is aborted.
 */
export async function collectContext(
  target: Target,
  clock: Clock,
  signal: AbortSignal,
): Promise<CodeContext> {
  const { document } = target;
  const range = getRange(document, target);
  const [symbol, definitions] = await Promise.all([
    withTimeout(findEnclosingSymbol(document, range), { clock, ms: timeoutMs, signal }),
    withTimeout(findDefinitions(target), { clock, ms: timeoutMs, signal }),
  ]);
  const around = getEnclosingLines(target, symbol);
  // The user chose the lines, not those around them.
  const isSecret = mayHoldSecrets(document.uri.path) || (around && looksSecret(around.code));
  const enclosing = isSecret ? undefined : around;
  const firstLine = (enclosing?.firstLine ?? target.first + 1) - 1;
  const head = document.getText(new vscode.Range(0, 0, Math.min(firstLine, maxHeadLines), 0));
  return defined({
    enclosing,
    imports: importLines(toLf(head).split('\n'), getCode(document, target)),
    definitions: definitions?.length === 0 ? undefined : definitions,
  });
}

/** The function around the lines; for a problem outside of any, the lines next to it. */
function getEnclosingLines(target: Target, symbol: vscode.Range | undefined): Lines | undefined {
  const { document, problem, first, last } = target;
  if (!symbol && !problem) return undefined;
  const around = symbol
    ? toTarget(document, symbol)
    : {
        first: Math.max(0, first - linesAround),
        last: Math.min(document.lineCount - 1, last + linesAround),
      };
  const isMore = around.first < first || around.last > last;
  if (!isMore || around.last - around.first > maxEnclosingLines) return undefined;
  return {
    code: getCode(document, around),
    firstLine: around.first + 1,
    lastLine: around.last + 1,
  };
}

/** The first lines of the definitions of names in the code, if they are in the workspace. */
async function findDefinitions(target: Target): Promise<Definition[]> {
  const { document } = target;
  const locations = await Promise.all(
    findNames(target).map((position) =>
      vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
        'vscode.executeDefinitionProvider',
        document.uri,
        position,
      ),
    ),
  );
  const gate = new ReadingGate();
  const found = new Map<string, Definition>();
  for (const [location] of locations.map((list) => list ?? [])) {
    if (!location || found.size >= maxDefinitions) continue;
    const definition = await definitionAt(location, target, gate);
    if (definition) found.set(`${definition.path}:${definition.line}`, definition);
  }
  return [...found.values()];
}

async function definitionAt(
  location: vscode.Location | vscode.LocationLink,
  target: Target,
  gate: ReadingGate,
): Promise<Definition | undefined> {
  const [uri, { start }] =
    'targetUri' in location
      ? [location.targetUri, location.targetRange]
      : [location.uri, location.range];
  const path = vscode.workspace.asRelativePath(uri, false);
  const isOurs = vscode.workspace.getWorkspaceFolder(uri) && !path.includes('node_modules/');
  const isHere = uri.toString() === target.document.uri.toString();
  if (!isOurs || (isHere && start.line >= target.first && start.line <= target.last)) return;
  // The definition is only an addition: asking about it would delay the explanation.
  if (!(await gate.mayReadUnasked(uri))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const last = Math.min(start.line + definitionLines, document.lineCount) - 1;
  const code = getCode(document, { first: start.line, last });
  // Read in another encoding than its own.
  if (code.includes('\u{fffd}')) return undefined;
  return gate.reasonInText(path, code) ? undefined : { path, line: start.line + 1, code };
}

const maxNames = 12;

/** The first position of each name in the code. */
function findNames(target: Target): readonly vscode.Position[] {
  const { document } = target;
  const range = getRange(document, target);
  const from = document.offsetAt(range.start);
  const seen = new Map<string, vscode.Position>();
  for (const match of document.getText(range).matchAll(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu)) {
    if (seen.size >= maxNames) break;
    if (!seen.has(match[0])) seen.set(match[0], document.positionAt(from + match.index));
  }
  return [...seen.values()];
}

interface Found {
  readonly kind: vscode.SymbolKind;
  readonly range: vscode.Range;
}

const { Function, Method, Constructor, Class, Interface, Enum, Struct } = vscode.SymbolKind;
const explainedKinds: ReadonlySet<vscode.SymbolKind> = new Set([
  Function,
  Method,
  Constructor,
  Class,
  Interface,
  Enum,
  Struct,
]);

/** The smallest function, class or similar symbol around a range. */
export async function findEnclosingSymbol(
  document: vscode.TextDocument,
  range: vscode.Range,
): Promise<vscode.Range | undefined> {
  const symbols = await vscode.commands.executeCommand<
    readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >('vscode.executeDocumentSymbolProvider', document.uri);
  return flattenSymbols(symbols ?? [])
    .filter((symbol) => symbol.range.contains(range))
    .filter(({ kind }) => explainedKinds.has(kind))
    .sort((a, b) => lineCount(a.range) - lineCount(b.range))[0]?.range;
}

function flattenSymbols(
  symbols: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
): readonly Found[] {
  return symbols.flatMap((symbol) =>
    'children' in symbol
      ? [{ kind: symbol.kind, range: symbol.range }, ...flattenSymbols(symbol.children)]
      : [{ kind: symbol.kind, range: symbol.location.range }],
  );
}

function lineCount({ start, end }: vscode.Range): number {
  return end.line - start.line;
}
