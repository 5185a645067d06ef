import * as vscode from 'vscode';
import type { Clock } from '../conversation/ports';
import type { SuggestionView } from '../shared/protocol';
import { bestFits } from './fuzzy';
import { excludePatterns } from './guard';
import { nameOf, pathOf } from './places';

/** A language server that is slow does not hold up the names of files. */
const patienceMs = 300;

/** So long the list of files is taken for true, in milliseconds. */
const keptMs = 10_000;

const mostListed = 20_000;
const mostFiles = 12;
const mostSymbols = 8;

/** Files and symbols of the workspace by what is typed of their names. */
export class Suggestions {
  readonly #clock: Clock;
  #files: Promise<readonly vscode.Uri[]> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The best first. */
  async find(query: string): Promise<SuggestionView[]> {
    const [files, symbols] = await Promise.all([this.files(), this.#symbols(query)]);
    return [
      ...bestFits(query, files, pathOf, mostFiles).map(fileView),
      ...bestFits(query, symbols, ({ name }) => name, mostSymbols).map(symbolView),
    ];
  }

  /** Every file that is not excluded. */
  files(): Promise<readonly vscode.Uri[]> {
    if (!this.#files) {
      this.#files = Promise.resolve(vscode.workspace.findFiles('**/*', excludeGlob(), mostListed));
      this.#clock.after(keptMs, () => {
        this.#files = undefined;
      });
    }
    return this.#files;
  }

  async #symbols(query: string): Promise<readonly vscode.SymbolInformation[]> {
    if (query.length < 2) return [];
    const found = Promise.resolve(
      vscode.commands.executeCommand<readonly vscode.SymbolInformation[] | undefined>(
        'vscode.executeWorkspaceSymbolProvider',
        query,
      ),
    ).catch(() => undefined);
    const symbols = await Promise.race([found, this.#patience()]);
    return (symbols ?? []).filter(({ location }) =>
      vscode.workspace.getWorkspaceFolder(location.uri),
    );
  }

  #patience(): Promise<undefined> {
    return new Promise((resolve) => this.#clock.after(patienceMs, () => resolve(undefined)));
  }
}

function excludeGlob(): string {
  const scope = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  const names = ['files.exclude', 'search.exclude'] as const;
  const globs = names.flatMap((name) => excludePatterns(name, scope));
  return `{${['**/.git', ...globs].join(',')}}`;
}

function fileView(uri: vscode.Uri): SuggestionView {
  const path = pathOf(uri);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return { label: nameOf(uri), detail: folder, icon: 'file', uri: uri.toString() };
}

function symbolView({ name, kind, location }: vscode.SymbolInformation): SuggestionView {
  const { start, end } = location.range;
  const uri = location.uri.with({ fragment: `L${start.line + 1}-${end.line + 1}` });
  const kindName = vscode.SymbolKind[kind].toLowerCase();
  const detail = `${pathOf(location.uri)}:${start.line + 1}`;
  return { label: name, detail, icon: `symbol-${kindName}`, uri: uri.toString() };
}
