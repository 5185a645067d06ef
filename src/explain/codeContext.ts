import * as vscode from 'vscode';
import type { Definition, Lines, CodeContext } from '../conversation/explanation';
import type { Clock } from '../shared/clock';
import { importLines } from './explainPrompt';
import { getCode, toTarget, getRange, type Target } from './explainTarget';

/** Language servers that just started answer late, and an explanation does not wait for them. */
const timeoutMs = 800;

const maxDefinitions = 4;
const definitionLines = 3;
const linesAround = 10;
const maxEnclosingLines = 400;

/** What helps to understand the lines, as far as VS Code knows it by the time. Never rejects. */
export async function collectContext(target: Target, clock: Clock): Promise<CodeContext> {
  const { document } = target;
  const range = getRange(document, target);
  const [symbol, definitions] = await Promise.all([
    withTimeout(findEnclosingSymbol(document, range), clock),
    withTimeout(findDefinitions(target), clock),
  ]);
  const lines = document.getText().split(/\r?\n/u);
  const enclosing = getEnclosingLines(target, symbol);
  const first = (enclosing?.firstLine ?? target.first + 1) - 1;
  const imports = importLines(lines.slice(0, first), getCode(document, target));
  return {
    ...(enclosing === undefined ? {} : { enclosing }),
    ...(imports === undefined ? {} : { imports }),
    ...(definitions === undefined || definitions.length === 0 ? {} : { definitions }),
  };
}

/** Undefined when it takes too long, or fails: then the explanation does without it. */
function withTimeout<T>(answer: Promise<T>, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, () => resolve(undefined));
    const settle = (value: T | undefined): void => {
      cancel();
      resolve(value);
    };
    answer.then(settle, () => settle(undefined));
  });
}

/** The function around the lines; around a problem without one, the lines next to it. */
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

/** The first lines of what the names in the code stand for, where that is code of the workspace. */
async function findDefinitions(target: Target): Promise<Definition[]> {
  const { document } = target;
  const locations = await Promise.all(
    names(target).map((position) =>
      vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
        'vscode.executeDefinitionProvider',
        document.uri,
        position,
      ),
    ),
  );
  const found = new Map<string, Definition>();
  for (const [location] of locations.map((list) => list ?? [])) {
    if (!location || found.size >= maxDefinitions) continue;
    const definition = await definitionAt(location, target);
    if (definition) found.set(`${definition.path}:${definition.line}`, definition);
  }
  return [...found.values()];
}

async function definitionAt(
  location: vscode.Location | vscode.LocationLink,
  target: Target,
): Promise<Definition | undefined> {
  const [uri, { start }] =
    'targetUri' in location
      ? [location.targetUri, location.targetRange]
      : [location.uri, location.range];
  const path = vscode.workspace.asRelativePath(uri, false);
  const isOurs = vscode.workspace.getWorkspaceFolder(uri) && !path.includes('node_modules/');
  const isHere = uri.toString() === target.document.uri.toString();
  if (!isOurs || (isHere && start.line >= target.first && start.line <= target.last)) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const last = Math.min(start.line + definitionLines, document.lineCount) - 1;
  return { path, line: start.line + 1, code: getCode(document, { first: start.line, last }) };
}

const mostNames = 12;

/** Where each name of the code stands first. */
function names(target: Target): readonly vscode.Position[] {
  const { document } = target;
  const range = getRange(document, target);
  const from = document.offsetAt(range.start);
  const seen = new Map<string, vscode.Position>();
  for (const match of document.getText(range).matchAll(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu)) {
    if (seen.size >= mostNames) break;
    if (!seen.has(match[0])) seen.set(match[0], document.positionAt(from + match.index));
  }
  return [...seen.values()];
}

interface Found {
  readonly kind: vscode.SymbolKind;
  readonly range: vscode.Range;
}

const { Function, Method, Constructor, Class, Interface, Enum, Struct } = vscode.SymbolKind;
const worthExplaining: readonly vscode.SymbolKind[] = [
  ...[Function, Method, Constructor, Class, Interface, Enum, Struct],
];

/** The smallest function, class or the like around a range; undefined where nobody knows of any. */
export async function findEnclosingSymbol(
  document: vscode.TextDocument,
  range: vscode.Range,
): Promise<vscode.Range | undefined> {
  const symbols = await vscode.commands.executeCommand<
    readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >('vscode.executeDocumentSymbolProvider', document.uri);
  return flattenSymbols(symbols ?? [])
    .filter((symbol) => symbol.range.contains(range))
    .filter(({ kind }) => worthExplaining.includes(kind))
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
