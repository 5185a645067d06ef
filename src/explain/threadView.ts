import * as vscode from 'vscode';
import type { ExplainTurn } from '../conversation/explanation';
import type { Clock } from '../shared/clock';
import { asLabel } from '../shared/hiddenCharacters';
import { answerBody, questionComment, ThreadComment } from './threadComments';

/** What a thread shows besides its comments. */
export interface ThreadState {
  readonly label: string;
  /** Words for the `when` clauses of the thread's actions. */
  readonly context: readonly string[];
}

interface Shown {
  readonly question: ThreadComment | undefined;
  readonly answer: ThreadComment;
  readonly turn: ExplainTurn;
  text: string;
}

/** Draws an explanation into a comment thread of VS Code, and changes only what is another now. */
export class ThreadView {
  readonly #controller: vscode.CommentController;
  #native: vscode.CommentThread;
  #shown: Shown[] = [];

  constructor(
    controller: vscode.CommentController,
    place: { readonly uri: vscode.Uri; readonly range: vscode.Range },
  ) {
    const { uri, range } = place;
    this.#controller = controller;
    this.#native = controller.createCommentThread(uri, range, [placeholder()]);
  }

  get native(): vscode.CommentThread {
    return this.#native;
  }

  /** The same comment objects in a new array: only what changed is drawn again. */
  showComments(
    turns: readonly ExplainTurn[],
    isRunning: boolean,
    below: readonly ThreadComment[],
  ): void {
    this.#shown.length = Math.min(this.#shown.length, turns.length);
    const comments = turns.flatMap((turn, index) => {
      const shown = this.#shownAt(turn, index);
      const isEmpty = turn.answer === '' && !(isRunning && index === turns.length - 1);
      return [...(shown.question ? [shown.question] : []), ...(isEmpty ? [] : [shown.answer])];
    });
    const all = [...comments, ...below];
    this.#native.comments = all.length > 0 ? all : [placeholder()];
  }

  showState({ label, context }: ThreadState): void {
    const native = this.#native;
    const contextValue = context.join(' ');
    const shown = asLabel(label, 500);
    if (native.label !== shown) native.label = shown;
    if (native.contextValue !== contextValue) native.contextValue = contextValue;
  }

  setExpanded(isExpanded: boolean): void {
    this.#native.collapsibleState = isExpanded
      ? vscode.CommentThreadCollapsibleState.Expanded
      : vscode.CommentThreadCollapsibleState.Collapsed;
  }

  showAt(range: vscode.Range): void {
    if (this.#native.range?.isEqual(range) !== true) this.#native.range = range;
  }

  /** VS Code's threads cannot change their document: another one takes the place of this. */
  moveTo(uri: vscode.Uri, range: vscode.Range): void {
    const old = this.#native;
    const { comments, label, contextValue, collapsibleState } = old;
    this.#native = this.#controller.createCommentThread(uri, range, [...comments]);
    Object.assign(this.#native, { label, contextValue, collapsibleState });
    old.dispose();
  }

  dispose(): void {
    this.#native.dispose();
  }

  #shownAt(turn: ExplainTurn, index: number): Shown {
    const { question, model, answer } = turn;
    const known = this.#shown[index];
    const isSame = known?.turn.model === model && known.turn.question === question;
    const shown = isSame ? known : newShown(turn);
    if (shown.text !== answer) shown.answer.body = answerBody(answer);
    shown.text = answer;
    this.#shown[index] = shown;
    return shown;
  }
}

function placeholder(): ThreadComment {
  return new ThreadComment('Cria', answerBody(''));
}

function newShown(turn: ExplainTurn): Shown {
  const { question, model } = turn;
  return {
    question: question === undefined ? undefined : questionComment(question),
    answer: new ThreadComment(model === '' ? 'Cria' : model, answerBody('')),
    turn,
    text: '',
  };
}

const tickMs = 1000;

/** Reports each second how long something has been running. */
export class PhaseTicker {
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `say` now, and with each second that has passed, until `stop` or another `start`. */
  start(say: (seconds: number) => void): void {
    this.stop();
    this.#tick(say, this.#clock.monotonicMs());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tick(say: (seconds: number) => void, since: number): void {
    say(Math.floor((this.#clock.monotonicMs() - since) / tickMs));
    this.#cancel = this.#clock.after(tickMs, () => this.#tick(say, since));
  }
}

/** Longer than the pauses between key presses while typing. */
const pauseMs = 500;

/** Detects whether the user is typing into any document. */
export class TypingWatch implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;
  readonly #clock: Clock;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#subscription = vscode.workspace.onDidChangeTextDocument(
      ({ document, contentChanges }) => {
        if (contentChanges.length === 0 || document.uri.scheme === 'output') return;
        this.#lastMs = clock.monotonicMs();
      },
    );
  }

  get isTyping(): boolean {
    return this.#clock.monotonicMs() - this.#lastMs < pauseMs;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
