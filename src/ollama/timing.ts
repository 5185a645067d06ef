/** How long the client waits for what, in milliseconds. None of these ends a load or a generation. */
export interface Timing {
  /** For a connection, TLS included. */
  readonly connect: number;
  /** For the answer to a question that needs no model: tags, show, ps, version, remove. */
  readonly answer: number;
  /** For the answer to a probe. */
  readonly probe: number;
  /** Between the connection and the first probes; the last one repeats. */
  readonly probeAfter: readonly number[];
  /** Silence after the first byte that is shown as `stalled`. */
  readonly stall: number;
  /** Between two looks at the silence. */
  readonly tick: number;
  /** A gap between two looks, of 2 s at most, that means the machine slept or its timers were late. */
  readonly sleepGap: number;
  /** Before the first repetition; doubled with each, and up to half of it added by chance. */
  readonly retry: number;
  /** A kept-alive socket that fails within this time was closed before the request reached the server. */
  readonly staleSocket: number;
}

export const defaultTiming: Timing = {
  connect: 5000,
  answer: 30_000,
  probe: 2000,
  probeAfter: [150, 500, 1000, 2000],
  stall: 15_000,
  tick: 1000,
  sleepGap: 5000,
  retry: 500,
  staleSocket: 1000,
};
