import assert from 'node:assert/strict';
import { answer } from '../../support/ollamaServer/answer';
import { Gate } from '../../support/ollamaServer/gate';
import { hangUp, silent } from '../../support/ollamaServer/scripts';
import { endName, summarise } from './support/collect';
import { Fixture, question } from './support/fixture';
import { SleepyClock } from './support/sleepyClock';
import { settle } from './support/ticks';
import { Watcher } from './support/watcher';

describe('T1 time', () => {
  const fixture = new Fixture();
  let clock: SleepyClock;
  let abort: AbortController;

  beforeEach(() => {
    clock = new SleepyClock();
    abort = new AbortController();
  });
  afterEach(() => abort.abort());

  function watch(client = fixture.client({ clock })): Watcher {
    return new Watcher(client.chat(question, { signal: abort.signal }));
  }

  /** Lets the client find that its request is on the way, which starts the looks. */
  async function sent(count = 1): Promise<void> {
    await fixture.server.received('/api/chat', count);
    await settle();
  }

  async function streaming(): Promise<{ watcher: Watcher; gate: Gate }> {
    const gate = new Gate();
    gate.release();
    fixture.server.onChat(answer(['a', 'b'], { pacing: { gate } }));
    const watcher = watch();
    await watcher.text();
    return { watcher, gate };
  }

  it('T1 the machine slept: it probes at once, and says nothing when all is well', async () => {
    const { watcher } = await streaming();
    clock.sleep(600_000);
    clock.advance(1000);
    await fixture.server.received('/api/ps');
    await settle(20);
    assert.deepEqual(watcher.names, ['connecting']);
  });

  it('T1 the machine slept and the server is gone: stalled at once', async () => {
    const { watcher } = await streaming();
    fixture.server.on('/api/ps', hangUp());
    clock.sleep(600_000);
    clock.advance(1000);
    await watcher.phase('stalled:dead');
    assert.equal(watcher.phases.at(-1)?.silentMs, 601_000);
  });

  it('T1 timers come late while text waits in the socket: it asks before it says stalled', async () => {
    const { watcher, gate } = await streaming();
    clock.sleep(16_000);
    clock.advance(1000);
    await fixture.server.received('/api/ps');
    gate.open();
    await watcher.done;
    assert.deepEqual(watcher.names, ['connecting']);
  });

  it('T1 timers come late before the first byte: it probes, and says what it finds', async () => {
    const watcher = watch();
    fixture.server.on('/api/chat', silent());
    await sent();
    clock.sleep(10_000);
    clock.advance(150);
    await watcher.phase('loading');
    assert.deepEqual(watcher.names, ['connecting', 'loading']);
  });

  describe('T1 somebody sets the clock of the machine', () => {
    const day = 86_400_000;
    const real = Date.now.bind(Date);
    afterEach(() => {
      Date.now = real;
    });

    for (const [when, jump] of [
      ['back', -day],
      ['forward', day],
    ] as const) {
      it(`${when} by a day before the first byte: nothing is said of it`, async () => {
        const gate = new Gate();
        fixture.server.onChat(answer(['a'], { first: gate }));
        const watcher = watch(fixture.client());
        await sent();
        Date.now = () => real() + jump;
        gate.open();
        await watcher.done;
        assertSteady(watcher);
      });

      it(`${when} by a day in mid-stream: nothing is said of it`, async () => {
        const gate = new Gate();
        gate.release();
        fixture.server.onChat(answer(['a', 'b'], { pacing: { gate } }));
        const watcher = watch(fixture.client());
        await watcher.text();
        Date.now = () => real() + jump;
        gate.open();
        await watcher.done;
        assertSteady(watcher);
      });
    }

    function assertSteady(watcher: Watcher): void {
      assert.equal(endName(summarise(watcher.events).end), 'done:stop');
      assert.ok(!watcher.names.some((name) => name.startsWith('stalled')));
      const stamps = watcher.phases.map(({ atMs }) => atMs);
      assert.deepEqual(
        stamps,
        [...stamps].sort((a, b) => a - b),
      );
    }
  });

  it('T1 the machine slept before the first byte: it probes at once', async () => {
    const client = fixture.client({ clock });
    fixture.server.on('/api/chat', silent());
    const first = watch(client);
    await sent();
    const queued = watch(client);
    await sent(2);
    clock.sleep(60_000);
    clock.advance(150);
    await fixture.server.received('/api/ps', 2);
    await first.phase('loading');
    await queued.phase('queued');
  });
});
