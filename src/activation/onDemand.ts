import type { Disposable } from '../ui/disposables';

/** Something that is made when it is first needed, once. */
export class OnDemand<T extends Disposable> implements Disposable {
  readonly #make: () => Promise<T>;
  #making: Promise<T> | undefined;
  #made: T | undefined;
  #isDisposed = false;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Undefined until somebody has needed it. */
  get made(): T | undefined {
    return this.#made;
  }

  get(): Promise<T> {
    this.#making ??= this.#makeIt();
    return this.#making;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#made?.dispose();
  }

  async #makeIt(): Promise<T> {
    const made = await this.#make();
    this.#made = made;
    if (this.#isDisposed) made.dispose();
    return made;
  }
}
