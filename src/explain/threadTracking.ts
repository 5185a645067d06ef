import * as vscode from 'vscode';
import { cellScheme } from '../ui/codeDocuments';
import type { Clock } from '../shared/clock';
import { DisposableStore, type Disposable } from '../ui/disposables';
import type { ExplainThread } from './explainThread';
import type { CodeState } from './threadComments';
import { getCode, getRange } from './explainTarget';
import { trackEdit, findLines, type TrackedLines } from './trackedLines';

/** How long after the last edit the threads are updated. */
const restMs = 250;

interface Resting {
  /** The whole text was opened or replaced, so the code may be somewhere else. */
  looksAround: boolean;
  cancelTimer: () => void;
}

/** Keeps each thread at its code, whatever is done to the document. */
export class ThreadTracking implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #resting = new Map<vscode.TextDocument, Resting>();
  readonly #threads: () => Iterable<ExplainThread>;
  readonly #clock: Clock;
  #lastOpened: vscode.TextDocument | undefined;

  constructor(threads: () => Iterable<ExplainThread>, clock: Clock) {
    this.#threads = threads;
    this.#clock = clock;
    const { workspace } = vscode;
    this.#owned.add(workspace.onDidChangeTextDocument((event) => this.#changed(event)));
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.opened(document)));
    this.#owned.add(workspace.onDidRenameFiles(({ files }) => this.#renamed(files)));
    this.#owned.add(workspace.onDidCloseTextDocument((document) => this.#closed(document)));
  }

  /** A document is shown, perhaps changed since: its threads look for their code. */
  opened(document: vscode.TextDocument): void {
    if (!document.isUntitled) this.#lastOpened = document;
    for (const thread of this.#threads()) {
      if (isSame(thread.uri, document.uri)) this.#rest(document, true);
      else if (isStray(thread, document)) thread.moveTo(document.uri);
    }
  }

  dispose(): void {
    for (const { cancelTimer } of this.#resting.values()) cancelTimer();
    this.#owned.dispose();
  }

  /** At every key press: it costs nothing where there is no thread. */
  #changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    let isConcerned = false;
    for (const thread of this.#on(document.uri)) {
      isConcerned = true;
      thread.track(contentChanges.reduce<TrackedLines>(trackEdit, thread.lines));
    }
    if (isConcerned && contentChanges.length > 0) this.#rest(document, reason !== undefined);
  }

  #rest(document: vscode.TextDocument, looksAround: boolean): void {
    const before = this.#resting.get(document);
    before?.cancelTimer();
    this.#resting.set(document, {
      looksAround: looksAround || before?.looksAround === true,
      cancelTimer: this.#clock.after(restMs, () => this.#settle(document)),
    });
  }

  #settle(document: vscode.TextDocument): void {
    const looksAround = this.#resting.get(document)?.looksAround === true;
    this.#resting.delete(document);
    if (document.isClosed) return;
    for (const thread of this.#on(document.uri)) settle(thread, document, looksAround);
  }

  #renamed(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): void {
    for (const { oldUri, newUri } of files) {
      for (const thread of [...this.#threads()]) {
        const { scheme, path } = thread.uri;
        const isInside = path === oldUri.path || path.startsWith(`${oldUri.path}/`);
        if (scheme !== oldUri.scheme || !isInside) continue;
        thread.moveTo(thread.uri.with({ path: newUri.path + path.slice(oldUri.path.length) }));
      }
    }
  }

  /**
   * A new file that is saved becomes another document: the file is opened, the new one emptied and
   * closed. Its threads go to where their code went.
   */
  #closed(document: vscode.TextDocument): void {
    const saved = this.#lastOpened;
    if (!document.isUntitled || !saved || saved.isClosed) return;
    for (const thread of [...this.#on(document.uri)]) {
      const { code } = thread.dialogue.subject;
      if (!findLines(saved.getText(), code, 0)) continue;
      thread.moveTo(saved.uri);
      this.#rest(saved, true);
    }
  }

  *#on(uri: vscode.Uri): Generator<ExplainThread> {
    for (const thread of this.#threads()) if (isSame(thread.uri, uri)) yield thread;
  }
}

function isSame(a: vscode.Uri, b: vscode.Uri): boolean {
  return a.toString() === b.toString();
}

/** Cells of a notebook get new addresses when it is opened again. */
function isStray({ uri, dialogue, lines }: ExplainThread, document: vscode.TextDocument): boolean {
  if (uri.scheme !== cellScheme || document.uri.scheme !== uri.scheme) return false;
  if (uri.path !== document.uri.path) return false;
  const { code } = dialogue.subject;
  const own = vscode.workspace.textDocuments.find((other) => isSame(other.uri, uri));
  const isAtHome = own && findLines(own.getText(), code, lines.first);
  return !isAtHome && findLines(document.getText(), code, lines.first) !== undefined;
}

function settle(thread: ExplainThread, document: vscode.TextDocument, looksAround: boolean): void {
  const { code } = thread.dialogue.subject;
  const { lines } = thread;
  const isThere = !lines.isLost && getCode(document, lines) === code;
  const found =
    isThere || !(looksAround || lines.isLost)
      ? undefined
      : findLines(document.getText(), code, lines.first);
  const { first, last } = found ?? lines;
  const isLost = lines.isLost && !found;
  const range = getRange(document, { first, last });
  thread.track({ first, last, length: range.end.character, isLost });
  const state: CodeState = isThere || found ? 'same' : lines.isLost ? 'lost' : 'changed';
  thread.settle(range, state);
}
