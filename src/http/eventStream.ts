/** What a producer does for an `EventStream`. */
export interface Producer {
  /** Called once, when the first event is asked for. */
  start(): void;
  /** The reader left: stop working, close what is open. */
  cancel(): void;
  /** The reader has caught up, after `isFull`. */
  resume?(): void;
}

/** How many events may wait for their reader before the producer should pause. */
const highWater = 256;

/**
 * A queue between a socket, which pushes, and a reader, which pulls. Written by hand because leaving an
 * `async function*` while it waits has no effect until its next event: here `return()` reaches the
 * producer at once, and a token costs no more than one promise.
 */
export class EventStream<T> implements AsyncGenerator<T, void, void> {
  readonly #producer: Producer;
  #waiting: T[] = [];
  #next = 0;
  #readers: ((result: IteratorResult<T, void>) => void)[] = [];
  #started = false;
  #closed = false;

  constructor(producer: (stream: EventStream<T>) => Producer) {
    this.#producer = producer(this);
  }

  get isFull(): boolean {
    return this.#waiting.length - this.#next >= highWater;
  }

  /** Adds an event; none is added once the stream is closed. */
  push(event: T): void {
    if (this.#closed) return;
    const reader = this.#readers.shift();
    if (reader) reader({ done: false, value: event });
    else this.#waiting.push(event);
  }

  /** Closes the stream after what was pushed. */
  close(): void {
    this.#closed = true;
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
  }

  /** Removes and returns the events that have not been read yet. */
  clear(): void {
    this.#waiting = [];
    this.#next = 0;
  }

  next(): Promise<IteratorResult<T, void>> {
    if (!this.#started) {
      this.#started = true;
      this.#producer.start();
    }
    const event = this.#waiting[this.#next];
    if (event !== undefined) {
      this.#advance();
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#leave();
    // The reason is whatever the reader threw, passed back as it is.
    return Promise.resolve().then(() => {
      throw error;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #advance(): void {
    this.#next++;
    if (this.#next < this.#waiting.length) return;
    this.clear();
    this.#producer.resume?.();
  }

  #leave(): void {
    const left = this.#started && !this.#closed;
    this.#started = true;
    this.clear();
    this.close();
    if (left) this.#producer.cancel();
  }
}
