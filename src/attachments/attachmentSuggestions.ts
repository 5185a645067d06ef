import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import { type Clock, Throttle, withTimeout } from '../shared/clock';
import { defined } from '../shared/defined';
import { Emitter } from '../shared/emitter';
import type { EditorView, SuggestionView } from '../shared/protocol';
import { getExcludePatterns } from '../files/readingGate';
import { baseName, isCodeDocument } from '../ui/codeDocuments';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { getDisplayName, getDisplayPath } from '../ui/documentNames';
import { getSelectionName } from './attachmentTargets';
import { findBestMatches } from './fuzzyMatch';

/** Suggestions of files do not wait longer for those of symbols. */
const symbolTimeoutMs = 300;

/** How long a list of files is used again. */
const fileListLifetimeMs = 10_000;

export const maxListedFiles = 20_000;
const maxFileSuggestions = 12;
const maxSymbolSuggestions = 8;

/** Finds files and symbols of the workspace by a part of their names. */
export class AttachmentSuggestions {
  readonly #clock: Clock;
  #files: Promise<readonly vscode.Uri[]> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The best first. */
  async find(query: string): Promise<SuggestionView[]> {
    const [files, symbols] = await Promise.all([this.files(), this.#symbols(query)]);
    const uses = getUses();
    const getUse = (uri: vscode.Uri): number => uses.get(uri.toString()) ?? 0;
    const getName = ({ name }: vscode.SymbolInformation): string => name;
    return [
      ...findBestMatches(query, files, {
        getPath: (uri) => getDisplayPath(uri),
        maxCount: maxFileSuggestions,
        getUse,
      }).map(fileView),
      ...findBestMatches(query, symbols, {
        getPath: getName,
        maxCount: maxSymbolSuggestions,
        getUse: ({ location }) => getUse(location.uri),
      }).map(symbolView),
    ];
  }

  /** All files of the workspace that are not excluded, up to a limit. */
  files(): Promise<readonly vscode.Uri[]> {
    if (!this.#files) {
      this.#files = Promise.resolve(
        vscode.workspace.findFiles('**/*', excludeGlob(), maxListedFiles),
      );
      this.#clock.after(fileListLifetimeMs, () => {
        this.#files = undefined;
      });
    }
    return this.#files;
  }

  async #symbols(query: string): Promise<readonly vscode.SymbolInformation[]> {
    if (query.length < 2) return [];
    const found = vscode.commands.executeCommand<readonly vscode.SymbolInformation[] | undefined>(
      'vscode.executeWorkspaceSymbolProvider',
      query,
    );
    const symbols = await withTimeout(found, { clock: this.#clock, ms: symbolTimeoutMs });
    return (symbols ?? []).filter(({ location }) =>
      vscode.workspace.getWorkspaceFolder(location.uri),
    );
  }
}

/** What files that are open count more than others, by URI: more than one better kind of match. */
function getUses(): ReadonlyMap<string, number> {
  const { visibleTextEditors, visibleNotebookEditors, tabGroups } = vscode.window;
  const visible = [
    ...visibleTextEditors.map(({ document }) => document.uri),
    ...visibleNotebookEditors.map(({ notebook }) => notebook.uri),
  ];
  const inTabs = tabGroups.all.flatMap(({ tabs }) => tabs.flatMap(({ input }) => getTabUri(input)));
  return new Map([
    ...inTabs.map((uri) => [uri.toString(), 1.2] as const),
    ...visible.map((uri) => [uri.toString(), 1.5] as const),
  ]);
}

function getTabUri(input: unknown): readonly vscode.Uri[] {
  const isFile = input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook;
  return isFile ? [input.uri] : [];
}

function excludeGlob(): string {
  const scope = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  const names = ['files.exclude', 'search.exclude'] as const;
  const globs = names.flatMap((name) => getExcludePatterns(name, scope));
  return `{${['**/.git', ...globs].join(',')}}`;
}

function fileView(uri: vscode.Uri): SuggestionView {
  const path = getDisplayPath(uri);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return {
    label: asLabel(baseName(uri)),
    detail: asLabel(folder, 500),
    icon: 'file',
    uri: uri.toString(),
  };
}

function symbolView({ name, kind, location }: vscode.SymbolInformation): SuggestionView {
  const { start, end } = location.range;
  const uri = location.uri.with({ fragment: `L${start.line + 1}-${end.line + 1}` });
  const kindName = vscode.SymbolKind[kind].toLowerCase();
  const detail = `${asLabel(getDisplayPath(location.uri), 500)}:${start.line + 1}`;
  return { label: asLabel(name), detail, icon: `symbol-${kindName}`, uri: uri.toString() };
}

const updateIntervalMs = 150;

/** Watches what of the active editor can be attached: its selection, file and problems. */
export class EditorWatch implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<undefined>();
  #view = readActiveEditor();

  constructor(clock: Clock) {
    const { window, languages } = vscode;
    const update = new Throttle({
      clock,
      intervalMs: updateIntervalMs,
      edge: 'trailing',
      run: () => this.#update(),
    });
    this.#owned.add(window.onDidChangeActiveTextEditor(() => update.request()));
    this.#owned.add(window.onDidChangeTextEditorSelection(() => update.request()));
    this.#owned.add(languages.onDidChangeDiagnostics(() => update.request()));
    this.#owned.addCall(() => update.cancel());
  }

  get view(): EditorView {
    return this.#view;
  }

  onChanged(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(): void {
    const view = readActiveEditor();
    const isSame = JSON.stringify(view) === JSON.stringify(this.#view);
    this.#view = view;
    if (!isSame) this.#changed.emit(undefined);
  }
}

function readActiveEditor(): EditorView {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !isCodeDocument(editor.document)) return {};
  const { document } = editor;
  const problems = vscode.languages.getDiagnostics(document.uri).length;
  return defined({
    file: getDisplayName(document.uri),
    selection: getSelectionName(editor),
    problems: problems === 0 ? undefined : problems,
  });
}
