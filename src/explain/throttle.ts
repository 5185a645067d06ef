import type { Clock } from '../shared/clock';

/**
 * Runs at most once in an interval, the first time at once. VS Code draws a comment only when it
 * has been left alone for 100 ms, so faster updates would show nothing until the end.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: () => number;
  readonly #run: () => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, intervalMs: () => number, run: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#run = run;
  }

  request(): void {
    if (this.#cancelTimer) return;
    const wait = this.#lastMs + this.#intervalMs() - this.#clock.monotonicMs();
    if (wait <= 0) this.flush();
    else this.#cancelTimer = this.#clock.after(wait, () => this.flush());
  }

  /** Runs now, and drops what was planned. */
  flush(): void {
    this.cancel();
    this.#lastMs = this.#clock.monotonicMs();
    this.#run();
  }

  cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

/** Longer than the 100 ms for which VS Code waits before it draws a changed comment. */
const drawEveryMs = 160;

/** Up to here a comment costs little to draw; all of it is drawn anew each time. */
const cheapCharacters = 8_000;

/** Drawing holds the editor up for some milliseconds, so it is rare while somebody types. */
const drawEveryMsWhileTyping = 2_500;

/** Milliseconds between two drawings of an answer that is this long. */
export function drawInterval(characters: number, isTyping: boolean): number {
  const least = isTyping ? drawEveryMsWhileTyping : drawEveryMs;
  return Math.max(least, (drawEveryMs * characters) / cheapCharacters);
}
