/** Lets a script go on one step at a time, as often as the test says. */
export class Gate {
  #permits = 0;
  #isOpen = false;
  readonly #waiting = new Set<() => void>();

  /** Lets `steps` steps pass, those that wait already and those to come. */
  release(steps = 1): void {
    for (let step = 0; step < steps; step++) {
      const [next] = this.#waiting;
      if (next) {
        this.#waiting.delete(next);
        next();
      } else this.#permits++;
    }
  }

  /** Lets everything pass from now on. */
  open(): void {
    this.#isOpen = true;
    this.release(this.#waiting.size);
  }

  /** Waits for a released step, or until `cancelled`, which gives its place in the queue away. */
  async pass(cancelled: Promise<void>): Promise<void> {
    if (this.#isOpen) return;
    if (this.#permits > 0) {
      this.#permits--;
      return;
    }
    let giveUp: () => void = () => undefined;
    const step = new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      giveUp = () => this.#waiting.delete(resolve);
    });
    await Promise.race([step, cancelled]).finally(giveUp);
  }
}
