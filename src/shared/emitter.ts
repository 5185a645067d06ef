/** Where a listener that throws is reported. */
export interface ErrorLog {
  error(message: string): void;
}

/**
 * Calls every listener. A listener that throws is logged, and harms neither the other listeners nor the
 * caller of `emit`. A listener may unsubscribe while it is called.
 */
export class Emitter<T> {
  readonly #log: ErrorLog | undefined;
  readonly #listeners = new Set<(value: T) => void>();

  /** @param log without one, an error of a listener becomes an uncaught error of the process */
  constructor(log?: ErrorLog) {
    this.#log = log;
  }

  /** The returned function unsubscribes. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #report(error: unknown): void {
    if (!this.#log) {
      queueMicrotask(() => {
        throw error;
      });
      return;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.error(`A listener failed: ${text}`);
  }
}
