import type { Metrics } from '../shared/turn';

/** How fast the models of one conversation were, for what is shown while the next answer is awaited. */
export class ModelSpeeds {
  readonly #loadMs = new Map<string, number>();
  readonly #reading = new Map<string, number>();

  record(model: string, metrics: Metrics): void {
    const loadMs = (metrics.loadDurationNs ?? 0) / 1e6;
    if (loadMs >= minLoadMs) this.#loadMs.set(model, loadMs);
    const speed = getReadingSpeed(metrics);
    // The lowest counts: without a count of cached tokens, a prompt from the cache looks fast.
    const known = this.#reading.get(model) ?? Infinity;
    if (speed !== undefined) this.#reading.set(model, Math.min(speed, known));
  }

  /** How long the model took to load last time, in milliseconds. */
  getLoadMs(model: string): number | undefined {
    return this.#loadMs.get(model);
  }

  /** How long the model reads a prompt of so many tokens at most, in milliseconds. */
  getReadingLimitMs(model: string, tokens: number): number {
    return getReadingLimitMs(tokens, this.#reading.get(model));
  }
}

/** A shorter load means that the model was loaded already. */
const minLoadMs = 500;

/** A slow machine without a graphics card reads at least this fast, in tokens per second. */
const slowestReading = 20;

/**
 * How long a model reads a prompt of so many tokens at most, in milliseconds: twice as long as its speed says. If it
 * takes longer, the server is busy with a request of another program.
 * @param speed tokens per second; undefined: unknown
 */
export function getReadingLimitMs(tokens: number, speed = slowestReading): number {
  return 2_000 + (2 * tokens * 1_000) / speed;
}

/** Shorter readings are mostly from the cache, in nanoseconds. */
const minReadingNs = 300e6;

/** Tokens per second at which the prompt was read; undefined if the metrics do not tell. */
function getReadingSpeed({
  promptEvalCount,
  cachedTokens = 0,
  promptEvalDurationNs = 0,
}: Metrics): number | undefined {
  if (promptEvalCount === undefined || promptEvalDurationNs < minReadingNs) return undefined;
  const read = promptEvalCount - cachedTokens;
  return read > 0 ? read / (promptEvalDurationNs / 1e9) : undefined;
}
