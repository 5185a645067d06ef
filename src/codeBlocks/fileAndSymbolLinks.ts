import * as vscode from 'vscode';
import type { Clock } from '../shared/clock';
import { getNameKind } from '../shared/codeNames';
import { warn } from './editorChanges';
import { resolveTargets } from './targetPaths';
import { parseRelativePath } from './relativePath';

const { t } = vscode.l10n;

/** Language servers are asked for symbols one by one, and not longer than this for one batch. */
const symbolTimeoutMs = 1500;
/** How long what was found out about a name holds. */
const lifetimeMs = 30_000;
const maxKept = 500;

interface Found {
  readonly at: vscode.Location | undefined;
  readonly since: number;
}

/** Finds the files and symbols of the workspace that an answer names. Nothing is read or run. */
export class FileAndSymbolLinks {
  readonly #clock: Clock;
  readonly #found = new Map<string, Found>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of `names` that are in the workspace. */
  async known(names: readonly string[]): Promise<readonly string[]> {
    const known: string[] = [];
    const start = this.#clock.monotonicMs();
    for (const name of names) {
      const isSlow = this.#clock.monotonicMs() - start > symbolTimeoutMs;
      if (isSlow && getNameKind(name) === 'symbol') continue;
      if (await this.#find(name)) known.push(name);
    }
    return known;
  }

  /** Opens what `name` means, at its line if it names one. */
  async open(name: string): Promise<void> {
    this.#found.delete(name);
    const location = await this.#find(name);
    if (!location) {
      await warn(t('{0} is no longer in the workspace.', name));
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
    const at = await (kind === 'path' ? findFile(name) : findSymbol(name));
    // What is written a call away, such as `parse`, can also be a file's name without an ending.
    this.#found.delete(name);
    this.#found.set(name, { at, since: now });
    const [oldest] = this.#found.keys();
    if (this.#found.size > maxKept && oldest !== undefined) this.#found.delete(oldest);
    return at;
  }
}

async function findFile(name: string): Promise<vscode.Location | undefined> {
  const { path = name, line = '1' } =
    /^(?<path>[^:#]+)(?:[:#]L?(?<line>\d+))?/u.exec(name)?.groups ?? {};
  const segments = parseRelativePath(path);
  if (!segments) return undefined;
  const uri = (await findByPath(path)) ?? (await findByPathEnd(segments));
  const position = new vscode.Position(Math.max(0, Number(line) - 1), 0);
  return uri && new vscode.Location(uri, position);
}

async function findByPath(path: string): Promise<vscode.Uri | undefined> {
  const places = await resolveTargets(path);
  return places.find(({ state, isLinked }) => state === 'file' && !isLinked)?.uri;
}

/** By the end of its path, as answers often leave out where a file is. */
async function findByPathEnd(segments: readonly string[]): Promise<vscode.Uri | undefined> {
  // The segments hold nothing that a glob would take for more than a character: see `nameKind`.
  const found = await vscode.workspace.findFiles(
    `**/${segments.join('/')}`,
    '**/node_modules/**',
    1,
  );
  return found[0];
}

/** Only what is called exactly so; of `Cart.total()` the last name. */
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
      symbol.name.replace(/\(.*\)$/u, '') === own &&
      vscode.workspace.getWorkspaceFolder(symbol.location.uri) !== undefined,
  )?.location;
}
