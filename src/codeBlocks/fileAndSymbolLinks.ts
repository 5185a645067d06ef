import * as vscode from 'vscode';
import { type Clock, withTimeout } from '../shared/clock';
import { fileLinkPrefix, getNameKind, maxNamesPerLookUp } from '../shared/codeNames';
import { parseFileTarget } from '../shared/markdown/linkTargets';
import { showWarning } from '../ui/dialogs';
import { parseRelativePath } from './relativePath';
import { resolveTargets } from './targetPaths';

const { t } = vscode.l10n;

/** For all symbols of one batch together; they are looked up one after another. */
const symbolTimeoutMs = 1500;
/** How long a result is used again. */
const lifetimeMs = 30_000;
const maxKept = 500;

/** Files with such an ending that one search returns, for each name that it looks for. */
const maxResultsPerName = 20;

interface Found {
  readonly at: vscode.Location | undefined;
  readonly since: number;
}

/** Finds the files and symbols of the workspace that an answer names. No file is read. */
export class FileAndSymbolLinks {
  readonly #clock: Clock;
  readonly #found = new Map<string, Found>();
  /** Ends when the search before is over: an answer full of names keeps one search process busy, not hundreds. */
  #search: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of `names` that exist in the workspace. A symbol that is not found in time is left out. */
  async findExisting(names: readonly string[]): Promise<readonly string[]> {
    await this.#findFiles(names);
    const existing: string[] = [];
    const deadlineMs = this.#clock.monotonicMs() + symbolTimeoutMs;
    for (const name of names) {
      const ms = deadlineMs - this.#clock.monotonicMs();
      const isSymbol = getNameKind(name) === 'symbol';
      if (isSymbol && ms <= 0) continue;
      const found = this.#find(name);
      const location = isSymbol
        ? await withTimeout(found, { clock: this.#clock, ms })
        : await found;
      if (location) existing.push(name);
    }
    return existing;
  }

  /** Opens what `name` means, at its line if it names one. */
  async open(name: string): Promise<void> {
    this.#found.delete(name);
    const location = await this.#find(name);
    if (!location) {
      void showWarning(t('{0} is no longer in the workspace.', name));
      return;
    }
    const { uri, range } = location;
    await vscode.window.showTextDocument(uri, {
      selection: new vscode.Range(range.start, range.start),
    });
  }

  async #find(name: string): Promise<vscode.Location | undefined> {
    const kind = getNameKind(name);
    if (!kind) return undefined;
    const kept = this.#getKept(name);
    if (kept) return kept.at;
    if (kind !== 'symbol') return (await this.#findFiles([name])).get(name);
    return this.#keep(name, await findSymbol(name));
  }

  /** Looks all files up that are not known, in one search of the workspace. */
  async #findFiles(names: readonly string[]): Promise<ReadonlyMap<string, vscode.Location>> {
    const asked = new Map<string, FileName>();
    for (const name of names.slice(0, maxNamesPerLookUp)) {
      const file = this.#getKept(name) ? undefined : parseFileName(name);
      if (file) asked.set(name, file);
    }
    const found = this.#search.then(() => findFiles(asked));
    // A failed search is reported to its own caller.
    this.#search = found.catch(() => undefined);
    const locations = await found;
    for (const name of asked.keys()) this.#keep(name, locations.get(name));
    return locations;
  }

  #getKept(name: string): Found | undefined {
    const kept = this.#found.get(name);
    return kept && this.#clock.monotonicMs() - kept.since < lifetimeMs ? kept : undefined;
  }

  #keep(name: string, at: vscode.Location | undefined): vscode.Location | undefined {
    // Deleted first, so that the newest result is the last one of the map.
    this.#found.delete(name);
    this.#found.set(name, { at, since: this.#clock.monotonicMs() });
    const [oldest] = this.#found.keys();
    if (this.#found.size > maxKept && oldest !== undefined) this.#found.delete(oldest);
    return at;
  }
}

interface FileName {
  readonly path: string;
  readonly segments: readonly string[];
  /** From 0. */
  readonly line: number;
}

/** Undefined if it is no name of a file in the workspace. */
function parseFileName(name: string): FileName | undefined {
  const kind = getNameKind(name);
  if (!kind || kind === 'symbol') return undefined;
  const words = name.startsWith(fileLinkPrefix) ? name.slice(fileLinkPrefix.length) : name;
  const target = parseFileTarget(words);
  const path = target && toRelative(target.path);
  const segments = path === undefined ? undefined : parseRelativePath(path);
  if (!target || path === undefined || !segments) return undefined;
  return { path, segments, line: Math.max(0, (target.line ?? 1) - 1) };
}

async function findFiles(
  names: ReadonlyMap<string, FileName>,
): Promise<ReadonlyMap<string, vscode.Location>> {
  const found = new Map<string, vscode.Location>();
  const elsewhere = new Map<string, FileName>();
  for (const [name, file] of names) {
    const uri = await findByPath(file.path);
    if (uri) found.set(name, toLocation(uri, file));
    else elsewhere.set(name, file);
  }
  if (elsewhere.size === 0) return found;
  const uris = await findByPathEnds([...elsewhere.values()].map(({ segments }) => segments));
  for (const [name, file] of elsewhere) {
    const uri = uris.find(({ path }) => path.endsWith(`/${file.segments.join('/')}`));
    if (uri) found.set(name, toLocation(uri, file));
  }
  return found;
}

function toLocation(uri: vscode.Uri, { line }: FileName): vscode.Location {
  return new vscode.Location(uri, new vscode.Position(line, 0));
}

/**
 * A path from the root of a drive or of the file system, relative to the folder of the workspace that contains it;
 * others, as they are.
 */
function toRelative(path: string): string | undefined {
  const hasDrive = /^[a-z]:\//iu.test(path);
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) =>
    `${uri.fsPath.replaceAll('\\', '/')}/`.replace(/^\//u, ''),
  );
  const folder = folders.find((each) =>
    hasDrive ? path.toLowerCase().startsWith(each.toLowerCase()) : path.startsWith(each),
  );
  if (folder === undefined) return hasDrive ? undefined : path;
  return path.slice(folder.length);
}

async function findByPath(path: string): Promise<vscode.Uri | undefined> {
  const places = await resolveTargets(path);
  return places.find(({ state, isLinked }) => state === 'file' && !isLinked)?.uri;
}

/** By the ends of their paths, because answers often leave out the folder. */
async function findByPathEnds(
  ends: readonly (readonly string[])[],
): Promise<readonly vscode.Uri[]> {
  // Brackets in names such as `[id]` are special in a pattern, so it matches any character in their place.
  const patterns = ends.map((segments) => segments.join('/').replaceAll(/[[\]{}*?!,]/gu, '?'));
  const [only = ''] = patterns;
  const pattern = patterns.length === 1 ? only : `{${patterns.join(',')}}`;
  const found = await vscode.workspace.findFiles(
    `**/${pattern}`,
    '**/node_modules/**',
    maxResultsPerName * patterns.length,
  );
  const places = await Promise.all(
    found.map((uri) => findByPath(vscode.workspace.asRelativePath(uri))),
  );
  return places.filter((uri) => uri !== undefined);
}

/** Only a symbol of exactly this name; of `Cart.total()` the last part. */
async function findSymbol(name: string): Promise<vscode.Location | undefined> {
  const own =
    name
      .replace(/\(\)$/u, '')
      .split(/\.|#|::/u)
      .at(-1) ?? name;
  const symbols = await vscode.commands.executeCommand<
    readonly vscode.SymbolInformation[] | undefined
  >('vscode.executeWorkspaceSymbolProvider', own);
  return symbols?.find(
    (symbol) =>
      withoutParameters(symbol.name) === own &&
      vscode.workspace.getWorkspaceFolder(symbol.location.uri) !== undefined,
  )?.location;
}

/** Some languages list `total(a, b)` for `total`. */
function withoutParameters(name: string): string {
  const start = name.indexOf('(');
  return start < 0 || !name.endsWith(')') ? name : name.slice(0, start);
}
