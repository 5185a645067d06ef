import type { Engine } from './engine';
import { defaultKeepAliveMs, keepAliveMs } from './keepAlive';
import { defaultContext, trainedContext } from './modelCard';
import type { RequestOptions } from './request';

interface RunSettings {
  options?: RequestOptions | null | undefined;
  keep_alive?: number | string | null | undefined;
}

/** Ollama shows "for ever" as a date some three centuries ahead. */
const FOREVER_MS = 292 * 365 * 86_400_000;

/** Lets one request at a time at the model, loads it on first use and unloads it when it was idle. */
export class Runner {
  readonly #engine: Engine;
  #queue: Promise<void> = Promise.resolve();
  #idleMs = defaultKeepAliveMs;
  #expiry: NodeJS.Timeout | undefined;
  #expiresAt = new Date();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What `/api/ps` shows, or undefined when nothing is loaded. */
  loaded(): { contextLength: number; expiresAt: Date } | undefined {
    const { contextLength } = this.#engine;
    return contextLength === undefined ? undefined : { contextLength, expiresAt: this.#expiresAt };
  }

  /** Waits for its turn, loads what the request needs, and works. A request that is gone is skipped. */
  async run<T>(settings: RunSettings, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const idleMs = keepAliveMs(settings.keep_alive ?? undefined);
    return this.#inTurn(async () => {
      signal.throwIfAborted();
      clearTimeout(this.#expiry);
      this.#idleMs = idleMs ?? this.#idleMs;
      try {
        const wanted = settings.options?.num_ctx ?? defaultContext;
        await this.#engine.load(Math.min(wanted, trainedContext), signal);
        return await work();
      } finally {
        await this.#startExpiry();
      }
    });
  }

  /** Unloads at once, as `keep_alive: 0` without a prompt asks. */
  unload(): Promise<void> {
    return this.#inTurn(async () => {
      clearTimeout(this.#expiry);
      await this.#engine.unload();
    });
  }

  async #startExpiry(): Promise<void> {
    this.#expiresAt = new Date(Date.now() + Math.min(this.#idleMs, FOREVER_MS));
    if (this.#idleMs === 0) return this.#engine.unload();
    if (this.#idleMs === Infinity) return;
    // Timers hold no more than 2^31 - 1 ms; longer than that is for ever in the life of this server.
    this.#expiry = setTimeout(() => void this.unload(), Math.min(this.#idleMs, 2 ** 31 - 1));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}
