import * as vscode from 'vscode';
import { Emitter } from '../conversation/emitter';
import type { EditorView } from '../shared/protocol';
import { DisposableStore, type Disposable } from '../ui/disposables';
import { nameOf, selectedLines } from './places';

/** So long the caret must rest before somebody is told of it, in milliseconds. */
const restMs = 150;

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
    this.#view = look();
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
    this.#cancel ??= this.#after(restMs, () => {
      this.#cancel = undefined;
      const view = look();
      const isSame = JSON.stringify(view) === JSON.stringify(this.#view);
      this.#view = view;
      if (!isSame) this.#changed.emit(undefined);
    });
  }
}

function look(): EditorView {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !canAskAbout(editor.document)) return {};
  const { document, selection } = editor;
  const file = nameOf(document.uri);
  const problems = vscode.languages.getDiagnostics(document.uri).length;
  return {
    file,
    ...(selection.isEmpty ? {} : { selection: `${file}:${selectedLines(editor).range}` }),
    ...(problems === 0 ? {} : { problems }),
  };
}

/** Not the log, a search, or what is being typed into a box. */
function canAskAbout({ uri }: vscode.TextDocument): boolean {
  const { fs } = vscode.workspace;
  return uri.scheme === 'untitled' || fs.isWritableFileSystem(uri.scheme) !== undefined;
}
