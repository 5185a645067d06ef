import type { Clock } from '../../src/shared/clock';

/** Time that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now = 1_000;
  #wall = 1_700_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  monotonicMs(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#wall + this.#now;
  }

  /** Somebody sets the clock on the wall; durations are not touched by that. */
  setBack(ms: number): void {
    this.#wall -= ms;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers are set. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}
