/** Calls back everyone who listens; a listener may leave while it is called. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** The returned function stops listening. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
