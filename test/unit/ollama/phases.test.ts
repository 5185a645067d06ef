import assert from 'node:assert/strict';
import { answer, fail, hangUp, respond, silent } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { endName, model, PhaseBench, question, settle, summarise, Watcher } from './clientFixture';

describe('OllamaClient, phases', () => {
  const bench = new PhaseBench();

  it('an answer that comes at once costs no probe', async () => {
    const watcher = bench.watch();
    await watcher.done;
    assert.deepEqual(watcher.names, ['connecting']);
    assert.equal(bench.server.requestsTo('/api/ps').length, 0);
    await settle();
    assert.equal(bench.clock.waiting, 0, 'no timer is left');
  });

  it('connecting, loading, prompting, then text, each with its time', async () => {
    const gate = new Gate();
    bench.server.onChat(answer(['a'], { first: gate }));
    bench.server.on('/api/ps', (exchange) => exchange.respondJson({ models: loaded }));
    let loaded: unknown[] = [];
    const watcher = bench.watch();
    await bench.sent();
    bench.clock.advance(149);
    assert.equal(bench.server.requestsTo('/api/ps').length, 0);
    bench.clock.advance(1);
    await watcher.phase('loading');
    loaded = [{ name: model }];
    bench.clock.advance(500);
    await watcher.phase('prompting');
    gate.open();
    await watcher.done;
    assert.deepEqual(
      watcher.phases.map(({ phase, atMs }) => [phase, atMs - (watcher.phases[0]?.atMs ?? 0)]),
      [
        ['connecting', 0],
        ['loading', 150],
        ['prompting', 650],
      ],
    );
    assert.equal(endName(summarise(watcher.events).end), 'done:stop');
  });

  it('a copy of the loaded model is not loading, nor is a model on the same weights', async () => {
    const running = { name: 'other:7b', digest: 'aa', size: 5_000_000_000 };
    const cases = [
      { name: model, digest: 'aa', size: 5_000_000_000, phase: 'prompting' },
      { name: model, digest: 'bb', size: 5_000_000_400, phase: 'prompting' },
      { name: model, digest: 'cc', size: 9_000_000_000, phase: 'loading' },
    ] as const;
    for (const { phase, ...wanted } of cases) {
      const gate = new Gate();
      bench.server.onChat(answer(['a'], { first: gate }));
      bench.server.on('/api/ps', (exchange) => exchange.respondJson({ models: [running] }));
      bench.server.on('/api/tags', (exchange) =>
        exchange.respondJson({ models: [wanted, running] }),
      );
      const watcher = bench.watch();
      await bench.sent();
      bench.clock.advance(150);
      await watcher.phase(phase);
      assert.deepEqual(watcher.names, ['connecting', phase]);
      gate.open();
      await watcher.done;
      bench.server.forget();
    }
  });

  it('a phase is reported once, however often it is seen', async () => {
    bench.server.on('/api/chat', silent());
    const watcher = bench.watch();
    await bench.sent();
    for (let probe = 1; probe <= 4; probe++) {
      bench.clock.advance(2000);
      await bench.server.received('/api/ps', probe);
      await settle(20);
    }
    assert.deepEqual(watcher.names, ['connecting', 'loading']);
  });

  it('a cloud model is never loading', async () => {
    bench.server.models([{ name: 'gpt-oss:120b-cloud' }]);
    bench.server.onChat(silent());
    const stream = bench
      .client({ clock: bench.clock })
      .chat({ ...question, model: 'gpt-oss:120b-cloud' }, bench.abort);
    const watcher = new Watcher(stream);
    await bench.sent();
    bench.clock.advance(150);
    await watcher.phase('prompting');
  });

  it('queued while another request of ours to the model runs, then no more', async () => {
    const gate = new Gate();
    bench.server.once('/api/chat', answer(['a'], { first: gate }));
    bench.server.once('/api/chat', silent());
    const client = bench.client({ clock: bench.clock });
    const first = bench.watch(client);
    await bench.sent();
    const second = bench.watch(client);
    await bench.sent(2);
    bench.clock.advance(150);
    await second.phase('queued');
    gate.open();
    await first.done;
    bench.clock.advance(500);
    await second.phase('loading');
    assert.deepEqual(second.names, ['connecting', 'queued', 'loading']);
  });

  it('not queued once the server was seen to answer two requests at the same time', async () => {
    const client = bench.client({ clock: bench.clock });
    const gates = [new Gate(), new Gate()];
    for (const gate of gates) {
      bench.server.once('/api/chat', answer(['a', 'b', 'c', 'd', 'e'], { pacing: { gate } }));
    }
    const watchers = gates.map(() => bench.watch(client));
    await bench.sent(2);
    for (let piece = 1; piece <= 4; piece++) {
      for (const [n, watcher] of watchers.entries()) {
        gates[n]?.release();
        await watcher.until(({ type }) => type === 'delta', piece);
      }
    }
    for (const gate of gates) gate.open();
    for (const watcher of watchers) await watcher.done;

    bench.server.loaded([model]);
    const held = new Gate();
    bench.server.onChat(answer(['a'], { first: held }));
    const behind = [bench.watch(client), bench.watch(client)];
    await bench.sent(4);
    bench.clock.advance(150);
    await behind[1]?.phase('prompting');
    held.open();
    for (const watcher of behind) {
      await watcher.done;
      assert.ok(!watcher.names.includes('queued'));
    }
  });

  it('not queued behind another model, nor behind a request that is over', async () => {
    bench.server.on('/api/chat', silent());
    const client = bench.client({ clock: bench.clock });
    const other = new AbortController();
    const done = new Watcher(client.chat(question, other));
    await bench.sent();
    other.abort();
    await done.done;
    const elsewhere = new Watcher(client.chat({ ...question, model: 'other' }, bench.abort));
    const watcher = bench.watch(client);
    await bench.sent(3);
    bench.clock.advance(150);
    await watcher.phase('loading');
    await elsewhere.phase('loading');
  });

  describe('before the first byte', () => {
    it('silence alone is no alarm, however long', async () => {
      bench.server.on('/api/chat', silent());
      const watcher = bench.watch();
      await bench.sent();
      for (let probe = 1; probe <= 30; probe++) {
        bench.clock.advance(2000);
        await bench.server.received('/api/ps', probe);
        await settle(20);
      }
      assert.deepEqual(watcher.names, ['connecting', 'loading']);
      assert.equal(bench.server.requestsTo('/api/chat')[0]?.aborted, false);
    });

    it('a failed probe is one, and it goes away by itself', async () => {
      bench.server.on('/api/chat', silent());
      bench.server.once('/api/ps', hangUp());
      const watcher = bench.watch();
      await bench.sent();
      bench.clock.advance(150);
      await watcher.phase('stalled:dead');
      assert.equal(watcher.phases.at(-1)?.silentMs, 150);
      bench.clock.advance(500);
      await watcher.phase('loading');
    });

    it('a probe that is not answered within 2 s has failed', async () => {
      bench.server.on('/api/chat', silent());
      bench.server.on('/api/ps', silent());
      const watcher = bench.watch();
      await bench.sent();
      bench.clock.advance(150);
      await bench.server.received('/api/ps');
      bench.clock.advance(1999);
      await settle(20);
      assert.deepEqual(watcher.names, ['connecting']);
      bench.clock.advance(1);
      await watcher.phase('stalled:dead');
      assert.equal(bench.server.requestsTo('/api/chat')[0]?.aborted, false);
    });

    it('a server that has no /api/ps, or answers it otherwise, is alive', async () => {
      const odd = [
        fail(500, 'no'),
        respond(404, {}, 'not found'),
        respond(200, {}, 'hello'),
        respond(200, {}, '{"models":7}'),
      ];
      for (const [index, script] of odd.entries()) {
        bench.server.on('/api/chat', silent());
        bench.server.on('/api/ps', script);
        const watcher = bench.watch();
        await bench.sent(index + 1);
        bench.clock.advance(150);
        await watcher.phase('prompting');
        bench.abort.abort();
        bench.abort = new AbortController();
        await watcher.done;
      }
    });

    it('text after a failed probe reports that the answer continues', async () => {
      const gate = new Gate();
      bench.server.onChat(answer(['a'], { first: gate }));
      bench.server.on('/api/ps', hangUp());
      const watcher = bench.watch();
      await bench.sent();
      bench.clock.advance(150);
      await watcher.phase('stalled:dead');
      gate.open();
      await watcher.done;
      assert.deepEqual(watcher.names, ['connecting', 'stalled:dead', 'resumed']);
    });
  });

  describe('after the first byte', () => {
    async function streaming(): Promise<{ watcher: Watcher; gate: Gate }> {
      const gate = new Gate();
      gate.release();
      bench.server.onChat(answer(['a', 'b'], { pacing: { gate } }));
      const watcher = bench.watch();
      await watcher.text();
      return { watcher, gate };
    }

    it('15 s of silence are stalled, and a probe tells whether the server lives', async () => {
      const { watcher, gate } = await streaming();
      bench.clock.advance(14_999);
      assert.deepEqual(watcher.names, ['connecting']);
      bench.clock.advance(1);
      await watcher.phase('stalled:alive');
      assert.deepEqual(watcher.names, ['connecting', 'stalled:unknown', 'stalled:alive']);
      assert.equal(watcher.phases.at(-1)?.silentMs, 15_000);
      gate.open();
      await watcher.done;
      assert.equal(watcher.names.at(-1), 'resumed');
      assert.equal(summarise(watcher.events).text, 'ab');
    });

    it('it is asked again every 15 s, and nothing is ended', async () => {
      const { watcher } = await streaming();
      bench.server.once('/api/ps', silent());
      bench.clock.advance(15_000);
      await bench.server.received('/api/ps', 1);
      bench.clock.advance(2000);
      await watcher.phase('stalled:dead');
      bench.clock.advance(13_000);
      await watcher.phase('stalled:alive');
      assert.equal(watcher.phases.at(-1)?.silentMs, 30_000);
      assert.equal(bench.server.requestsTo('/api/chat')[0]?.aborted, false);
    });

    it('text that comes while a probe is on its way wins', async () => {
      const { watcher, gate } = await streaming();
      const probe = new Gate();
      bench.server.once('/api/ps', async (exchange) => {
        await probe.pass(exchange.clientClosed);
        exchange.respond(500, {}, '');
      });
      bench.clock.advance(15_000);
      await bench.server.received('/api/ps');
      gate.release();
      await watcher.phase('resumed');
      probe.open();
      await settle(20);
      assert.equal(watcher.names.at(-1), 'resumed');
    });

    it('a reader that does not read is no silence', async () => {
      const line = `${JSON.stringify({ message: { content: 'x'.repeat(60_000) } })}\n`;
      bench.server.on('/api/chat', async (exchange) => {
        exchange.head(200);
        while (!exchange.aborted) await exchange.write(line);
      });
      const stream = bench.client({ clock: bench.clock }).chat(question, bench.abort);
      await stream.next();
      await stream.next();
      await settle(2000);
      bench.clock.advance(60_000);
      for (let event = 0; event < 50; event++) {
        const { value } = await stream.next();
        assert.equal(value?.type, 'delta');
      }
    });
  });
});
