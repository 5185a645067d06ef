/** Structurally VS Code's own `Disposable`, without depending on it. */
export interface Disposable {
  dispose(): void;
}

/** Disposes of its items together, last first. An item added after disposal is disposed of at once. */
export class DisposableStore implements Disposable {
  readonly #owned = new Set<Disposable>();
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#owned.add(item);
    return item;
  }

  /** For subscriptions of the domain, which are functions that unsubscribe. */
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

/** Holds one item; setting another one disposes of the previous one. */
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
