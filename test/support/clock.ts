import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/shared/clock';

/** Time that advances only when a test says so. */
export class ManualClock implements Clock {
  #now = 1_000;
  #sleptMs = 0;
  #wall = 1_700_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  monotonicMs(): number {
    return this.#now + this.#sleptMs;
  }

  wallMs(): number {
    return this.#wall + this.#now;
  }

  /** Sets the wall clock back; durations are not affected. */
  setBack(ms: number): void {
    this.#wall -= ms;
  }

  /** Moves durations on without running timers, as in a machine that sleeps. */
  sleep(ms: number): void {
    this.#sleptMs += ms;
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

/** Not a measurement: a check that does not hold by then never will. */
const PATIENCE_MS = 20_000;

/** Repeats `check` until it no longer throws; after 20 s, throws its last error. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(30);
    }
  }
}
