import { Fixture, question } from './fixture';
import { SleepyClock } from './sleepyClock';
import { settle } from './ticks';
import { Watcher } from './watcher';

/** A server, and clients whose clock a test moves, to see what they say of a wait. */
export class PhaseBench extends Fixture {
  clock = new SleepyClock();
  abort = new AbortController();

  constructor() {
    super();
    beforeEach(() => {
      this.clock = new SleepyClock();
      this.abort = new AbortController();
    });
    afterEach(() => this.abort.abort());
  }

  watch(client = this.client({ clock: this.clock })): Watcher {
    return new Watcher(client.chat(question, { signal: this.abort.signal }));
  }

  /** Lets the client find that its request is on the way, which starts the looks. */
  async sent(count = 1): Promise<void> {
    await this.server.received('/api/chat', count);
    await settle();
  }
}
