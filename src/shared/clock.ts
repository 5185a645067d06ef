/** Time as it is passed to whatever waits or measures, so that tests decide when it advances. */
export interface Clock {
  /** Monotonic milliseconds, for durations. */
  monotonicMs(): number;
  /** Milliseconds since 1970, for timestamps. */
  wallMs(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The real clock. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    allowExit(timer);
    return () => clearTimeout(timer);
  },
};

/** Node returns an object for a timer, a browser a number. */
function allowExit(timer: number | { unref(): unknown }): void {
  if (typeof timer === 'object') timer.unref();
}

export interface TimeoutOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly ms: number;
  /** Ends the wait at once when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * The value of `answer`, or undefined if it takes too long, fails or is aborted: for what is useful but not
 * needed. The work itself continues if it cannot be canceled.
 */
export function withTimeout<T>(
  answer: PromiseLike<T>,
  { clock, ms, signal }: TimeoutOptions,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const settle = (value: T | undefined): void => {
      cancelTimer();
      signal?.removeEventListener('abort', giveUp);
      resolve(value);
    };
    const giveUp = (): void => settle(undefined);
    const cancelTimer = clock.after(ms, giveUp);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted === true) giveUp();
    answer.then(settle, giveUp);
  });
}

export interface ThrottleOptions {
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>;
  /** The least time between two runs; a function if it changes. */
  readonly intervalMs: number | (() => number);
  /**
   * `leading` (the default) runs the first request at once, synchronously; `trailing` waits a whole interval
   * after the first request, so that what follows within it is one run.
   */
  readonly edge?: 'leading' | 'trailing';
  readonly run: () => void;
}

/** Runs an action at most once per interval, however often it is requested. The last request always runs. */
export class Throttle {
  readonly #options: ThrottleOptions;
  #lastRunMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Whether a run was requested and is still to come. */
  get isPending(): boolean {
    return this.#cancelTimer !== undefined;
  }

  request(): void {
    if (this.#cancelTimer) return;
    const wait = this.#waitMs();
    if (wait <= 0) this.runNow();
    else this.#cancelTimer = this.#options.clock.after(wait, () => this.runNow());
  }

  /** For an interval that has just become shorter or longer: computes again when the pending run is due. */
  reschedule(): void {
    if (!this.#cancelTimer) return;
    this.cancel();
    this.request();
  }

  /** Runs a pending request now; does nothing if there is none. */
  flush(): void {
    if (this.#cancelTimer) this.runNow();
  }

  /** Runs now, requested or not; a pending request is done with that. */
  runNow(): void {
    this.cancel();
    this.#lastRunMs = this.#options.clock.monotonicMs();
    this.#options.run();
  }

  /** Drops a pending request. */
  cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #waitMs(): number {
    const { clock, edge, intervalMs } = this.#options;
    const interval = typeof intervalMs === 'number' ? intervalMs : intervalMs();
    return edge === 'trailing' ? interval : this.#lastRunMs + interval - clock.monotonicMs();
  }
}
