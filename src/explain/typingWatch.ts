import * as vscode from 'vscode';
import type { Clock } from '../conversation/ports';

/** Longer than the pauses between the key presses of somebody who types. */
const pauseMs = 500;

/** Knows whether somebody is typing into a document, whichever. */
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
