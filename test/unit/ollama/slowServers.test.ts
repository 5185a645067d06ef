import assert from 'node:assert/strict';
import { answer, hangUp, silent } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { endName, PhaseBench, settle, summarise, type Watcher } from './clientFixture';

describe('T1 time', () => {
  const bench = new PhaseBench();

  async function streaming(): Promise<{ watcher: Watcher; gate: Gate }> {
    const gate = new Gate();
    gate.release();
    bench.server.onChat(answer(['a', 'b'], { pacing: { gate } }));
    const watcher = bench.watch();
    await watcher.text();
    return { watcher, gate };
  }

  it('T1 the machine slept: it probes at once, and says nothing when all is well', async () => {
    const { watcher } = await streaming();
    bench.clock.sleep(600_000);
    bench.clock.advance(1000);
    await bench.server.received('/api/ps');
    await settle(20);
    assert.deepEqual(watcher.names, ['connecting']);
  });

  it('T1 the machine slept and the server is gone: stalled at once', async () => {
    const { watcher } = await streaming();
    bench.server.on('/api/ps', hangUp());
    bench.clock.sleep(600_000);
    bench.clock.advance(1000);
    await watcher.phase('stalled:dead');
    assert.equal(watcher.phases.at(-1)?.silentMs, 601_000);
  });

  it('T1 timers come late while text waits in the socket: it asks before it says stalled', async () => {
    const { watcher, gate } = await streaming();
    bench.clock.sleep(16_000);
    bench.clock.advance(1000);
    await bench.server.received('/api/ps');
    gate.open();
    await watcher.done;
    assert.deepEqual(watcher.names, ['connecting']);
  });

  it('T1 timers come late before the first byte: it probes, and says what it finds', async () => {
    const watcher = bench.watch();
    bench.server.on('/api/chat', silent());
    await bench.sent();
    bench.clock.sleep(10_000);
    bench.clock.advance(150);
    await watcher.phase('loading');
    assert.deepEqual(watcher.names, ['connecting', 'loading']);
  });

  describe('T1 the clock of the machine is changed', () => {
    const day = 86_400_000;
    const real = Date.now.bind(Date);
    afterEach(() => {
      Date.now = real;
    });

    for (const [when, jump] of [
      ['back', -day],
      ['forward', day],
    ] as const) {
      it(`${when} by a day before the first byte: nothing is reported`, async () => {
        const gate = new Gate();
        bench.server.onChat(answer(['a'], { first: gate }));
        const watcher = bench.watch(bench.client());
        await bench.sent();
        Date.now = () => real() + jump;
        gate.open();
        await watcher.done;
        assertSteady(watcher);
      });

      it(`${when} by a day in mid-stream: nothing is reported`, async () => {
        const gate = new Gate();
        gate.release();
        bench.server.onChat(answer(['a', 'b'], { pacing: { gate } }));
        const watcher = bench.watch(bench.client());
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
    const client = bench.client({ clock: bench.clock });
    bench.server.on('/api/chat', silent());
    const first = bench.watch(client);
    await bench.sent();
    const queued = bench.watch(client);
    await bench.sent(2);
    bench.clock.sleep(60_000);
    bench.clock.advance(150);
    await bench.server.received('/api/ps', 2);
    await first.phase('loading');
    await queued.phase('queued');
  });
});
