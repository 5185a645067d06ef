/** Time, as it is given to the client, so that tests decide when it passes. */
export interface Clock {
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The real clock. Its timers do not keep a process alive: the sockets they watch do. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};
