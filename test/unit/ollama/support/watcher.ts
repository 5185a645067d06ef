import type { ChatEvent, PhaseEvent } from '../../../../src/http/streamEvents';

/** Reads a stream in the background and lets a test wait for what it says. */
export class Watcher {
  readonly events: ChatEvent[] = [];
  readonly done: Promise<void>;
  #tell: () => void = () => undefined;

  constructor(stream: AsyncIterable<ChatEvent>) {
    this.done = this.#read(stream);
  }

  get phases(): readonly PhaseEvent[] {
    return this.events.filter((event) => event.type === 'phase');
  }

  get names(): readonly string[] {
    return this.phases.map(({ phase, probe }) => (probe ? `${phase}:${probe}` : phase));
  }

  /** Waits for the `count`-th event for which `test` holds. */
  async until(test: (event: ChatEvent) => boolean, count = 1): Promise<void> {
    while (this.events.filter(test).length < count) {
      await new Promise<void>((resolve) => (this.#tell = resolve));
    }
  }

  phase(name: string, count = 1): Promise<void> {
    return this.until(
      (event) =>
        event.type === 'phase' &&
        (event.probe ? `${event.phase}:${event.probe}` : event.phase) === name,
      count,
    );
  }

  text(): Promise<void> {
    return this.until((event) => event.type === 'delta');
  }

  async #read(stream: AsyncIterable<ChatEvent>): Promise<void> {
    for await (const event of stream) {
      this.events.push(event);
      this.#tell();
    }
  }
}
