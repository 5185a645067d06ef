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
