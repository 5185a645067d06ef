import type { Clock } from '../shared/clock';

export interface PollingOptions {
  readonly clock: Clock;
  /** Milliseconds between the end of one poll and the start of the next. */
  readonly intervalMs: number;
  /** What it rejects with is ignored: the next poll tries again. */
  readonly poll: () => Promise<void>;
}

/** Polls while it is started, at once and then at an interval: never two polls at a time for one start. */
export class Polling {
  readonly #options: PollingOptions;
  /** A poll that outlives a stop must not schedule another one: the next start has its own. */
  #generation = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#poll(this.#generation);
  }

  stop(): void {
    this.#generation++;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #poll(generation: number): void {
    const scheduleNext = (): void => {
      if (generation !== this.#generation) return;
      const { clock, intervalMs } = this.#options;
      this.#cancelTimer = clock.after(intervalMs, () => this.#poll(generation));
    };
    void this.#options.poll().then(scheduleNext, scheduleNext);
  }
}
