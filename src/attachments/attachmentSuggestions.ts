import * as vscode from 'vscode';
import type { Clock } from '../shared/clock';
import { Emitter } from '../shared/emitter';
import type { EditorView, SuggestionView } from '../shared/protocol';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { getExcludePatterns } from './attachmentConsent';
import { baseName, getDisplayPath, getSelectedLines } from './attachmentTargets';
import { findBestMatches } from './fuzzyMatch';

/** A language server that is slow does not hold up the names of files. */
const symbolTimeoutMs = 300;

/** So long the list of files is taken for true, in milliseconds. */
const fileListLifetimeMs = 10_000;

const maxListedFiles = 20_000;
const maxFileSuggestions = 12;
const maxSymbolSuggestions = 8;

/** Files and symbols of the workspace by what is typed of their names. */
export class AttachmentSuggestions {
  readonly #clock: Clock;
  #files: Promise<readonly vscode.Uri[]> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The best first. */
  async find(query: string): Promise<SuggestionView[]> {
    const [files, symbols] = await Promise.all([this.files(), this.#symbols(query)]);
    return [
      ...findBestMatches(query, files, getDisplayPath, maxFileSuggestions).map(fileView),
      ...findBestMatches(query, symbols, ({ name }) => name, maxSymbolSuggestions).map(symbolView),
    ];
  }

  /** Every file that is not excluded. */
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
    return new Promise((resolve) => this.#clock.after(symbolTimeoutMs, () => resolve(undefined)));
  }
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
  return { label: baseName(uri), detail: folder, icon: 'file', uri: uri.toString() };
}

function symbolView({ name, kind, location }: vscode.SymbolInformation): SuggestionView {
  const { start, end } = location.range;
  const uri = location.uri.with({ fragment: `L${start.line + 1}-${end.line + 1}` });
  const kindName = vscode.SymbolKind[kind].toLowerCase();
  const detail = `${getDisplayPath(location.uri)}:${start.line + 1}`;
  return { label: name, detail, icon: `symbol-${kindName}`, uri: uri.toString() };
}

/** So long the caret must rest before somebody is told of it, in milliseconds. */
const updateIntervalMs = 150;

/** Says what the editor in front has that one may ask about. */
export class EditorWatch implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<undefined>();
  readonly #after: (ms: number, run: () => void) => () => void;
  #view: EditorView;
  #cancel: (() => void) | undefined;

  constructor({ after }: { readonly after: (ms: number, run: () => void) => () => void }) {
    const { window, languages } = vscode;
    this.#after = after;
    this.#view = readActiveEditor();
    this.#owned.add(window.onDidChangeActiveTextEditor(() => this.#soon()));
    this.#owned.add(window.onDidChangeTextEditorSelection(() => this.#soon()));
    this.#owned.add(languages.onDidChangeDiagnostics(() => this.#soon()));
    this.#owned.addCall(() => this.#cancel?.());
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

  #soon(): void {
    this.#cancel ??= this.#after(updateIntervalMs, () => {
      this.#cancel = undefined;
      const view = readActiveEditor();
      const isSame = JSON.stringify(view) === JSON.stringify(this.#view);
      this.#view = view;
      if (!isSame) this.#changed.emit(undefined);
    });
  }
}

function readActiveEditor(): EditorView {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !canAskAbout(editor.document)) return {};
  const { document, selection } = editor;
  const file = baseName(document.uri);
  const problems = vscode.languages.getDiagnostics(document.uri).length;
  return {
    file,
    ...(selection.isEmpty ? {} : { selection: `${file}:${getSelectedLines(editor).range}` }),
    ...(problems === 0 ? {} : { problems }),
  };
}

/** Not the log, a search, or what is being typed into a box. */
function canAskAbout({ uri }: vscode.TextDocument): boolean {
  const { fs } = vscode.workspace;
  return uri.scheme === 'untitled' || fs.isWritableFileSystem(uri.scheme) !== undefined;
}
