import type { Clock } from '../conversation/ports';

const tickMs = 1000;

/** Says again each second how long something has been going on. */
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
