import type { Clock } from '../shared/clock';

/** Bounds on what a server may send, in bytes. They are far above what Ollama sends. */
export interface Limits {
  /** One line of a stream. */
  readonly line: number;
  /** The last line of generate, which carries `context`: a number for each token. */
  readonly lastLine: number;
  /** All of a stream. */
  readonly stream: number;
  /** An answer that is not streamed. */
  readonly answer: number;
  /** The status line and the headers. */
  readonly headers: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  line: mebibyte,
  lastLine: 16 * mebibyte,
  stream: 512 * mebibyte,
  answer: 8 * mebibyte,
  headers: 32 * 1024,
};

/**
 * No server has more models, and none has longer names and details, in UTF-16 code units. A model that is not listed
 * is asked about before anything is sent to it.
 */
export const maxListedModels = 2_000;
export const maxNameLength = 512;
export const maxDetailLength = 1_000;

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

/** Milliseconds before repetition `attempt` (1, 2, …): doubled each time, up to half of it added by chance. */
export function getRetryDelay(
  from: { readonly timing: { readonly retry: number }; readonly random: () => number },
  attempt: number,
): number {
  const base = from.timing.retry * 2 ** (attempt - 1);
  return Math.round(base * (1 + from.random() / 2));
}

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function waitFor(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
