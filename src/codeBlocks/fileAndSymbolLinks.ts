import * as vscode from 'vscode';
import { type Clock, withTimeout } from '../shared/clock';
import { fileLinkPrefix, getNameKind } from '../shared/codeNames';
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

interface Found {
  readonly at: vscode.Location | undefined;
  readonly since: number;
}

/** Finds the files and symbols of the workspace that an answer names. No file is read. */
export class FileAndSymbolLinks {
  readonly #clock: Clock;
  readonly #found = new Map<string, Found>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of `names` that exist in the workspace. A symbol that is not found in time is left out. */
  async findExisting(names: readonly string[]): Promise<readonly string[]> {
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
    const now = this.#clock.monotonicMs();
    const kept = this.#found.get(name);
    if (kept && now - kept.since < lifetimeMs) return kept.at;
    const at = await (kind === 'symbol' ? findSymbol(name) : findFile(name));
    // Deleted first, so that the newest result is the last one of the map.
    this.#found.delete(name);
    this.#found.set(name, { at, since: now });
    const [oldest] = this.#found.keys();
    if (this.#found.size > maxKept && oldest !== undefined) this.#found.delete(oldest);
    return at;
  }
}

async function findFile(name: string): Promise<vscode.Location | undefined> {
  const words = name.startsWith(fileLinkPrefix) ? name.slice(fileLinkPrefix.length) : name;
  const target = parseFileTarget(words);
  const path = target && toRelative(target.path);
  const segments = path === undefined ? undefined : parseRelativePath(path);
  if (!target || path === undefined || !segments) return undefined;
  const uri = (await findByPath(path)) ?? (await findByPathEnd(segments));
  const position = new vscode.Position(Math.max(0, (target.line ?? 1) - 1), 0);
  return uri && new vscode.Location(uri, position);
}

/** A path with a drive, relative to the folder of the workspace that contains it. */
function toRelative(path: string): string | undefined {
  if (!/^[a-z]:\//iu.test(path)) return path;
  const folders = (vscode.workspace.workspaceFolders ?? []).map(
    ({ uri }) => `${uri.fsPath.replaceAll('\\', '/')}/`,
  );
  const folder = folders.find((each) => path.toLowerCase().startsWith(each.toLowerCase()));
  return folder === undefined ? undefined : path.slice(folder.length);
}

async function findByPath(path: string): Promise<vscode.Uri | undefined> {
  const places = await resolveTargets(path);
  return places.find(({ state, isLinked }) => state === 'file' && !isLinked)?.uri;
}

/** By the end of its path, because answers often leave out the folder. */
async function findByPathEnd(segments: readonly string[]): Promise<vscode.Uri | undefined> {
  // Brackets in names such as `[id]` are special in a pattern, so it matches any character in their place.
  const pattern = segments.join('/').replaceAll(/[[\]{}*?!]/gu, '?');
  const found = await vscode.workspace.findFiles(`**/${pattern}`, '**/node_modules/**', 20);
  return found.find(({ path }) => path.endsWith(`/${segments.join('/')}`));
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
