/** What VS Code's own `Disposable` and ours have in common. */
export interface Disposable {
  dispose(): void;
}

/** Owns what must be given back together. What is added after the end is given back at once. */
export class DisposableStore implements Disposable {
  readonly #owned = new Set<Disposable>();
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#owned.add(item);
    return item;
  }

  /** For the ports of the domain, whose subscriptions are ended by calling them. */
  addCall(dispose: () => void): void {
    this.add({ dispose });
  }

  dispose(): void {
    this.#disposed = true;
    const owned = [...this.#owned].reverse();
    this.#owned.clear();
    for (const item of owned) item.dispose();
  }
}

/** Holds the current one of something; setting another gives the one before back. */
export class MutableDisposable<T extends Disposable> implements Disposable {
  #value: T | undefined;

  get value(): T | undefined {
    return this.#value;
  }

  set value(value: T | undefined) {
    if (value === this.#value) return;
    this.#value?.dispose();
    this.#value = value;
  }

  dispose(): void {
    this.value = undefined;
  }
}
