import assert from 'node:assert/strict';
import { answer, silent } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { collect, endName, Fixture, question, settle } from './clientFixture';

describe('OllamaClient, connections', () => {
  const fixture = new Fixture();

  it('are used again after a good end', async () => {
    const client = fixture.client();
    for (let turn = 0; turn < 3; turn++) {
      await collect(client.chat(question));
      await settle();
    }
    assert.equal(fixture.server.connections, 1);
  });

  it('that were closed meanwhile are replaced, and the request is sent once more', async () => {
    const client = fixture.client();
    await client.version();
    await settle();
    fixture.server.once('/api/chat', (exchange) => exchange.reset());
    const { events, text } = await collect(client.chat(question));
    const retries = events.filter((event) => event.type === 'retry');
    assert.deepEqual(retries, [
      { type: 'retry', reason: 'staleConnection', attempt: 1, waitMs: 0 },
    ]);
    assert.equal(text, 'Hello! How can I help you today?');
  });

  it('that break at the first request are not tried again', async () => {
    fixture.server.on('/api/chat', (exchange) => exchange.reset());
    const { end } = await collect(fixture.client().chat(question));
    assert.equal(endName(end), 'transportError:unreachable');
    assert.equal(fixture.server.requestsTo('/api/chat').length, 1);
  });

  it('close when the client is disposed of: idle ones at once, others after their answer', async () => {
    const gate = new Gate();
    fixture.server.onChat(answer(['a', 'b'], { pacing: { gate } }));
    const client = fixture.client();
    await client.version();
    await settle();
    const running = collect(client.chat(question));
    await fixture.server.received('/api/chat');
    client.dispose();
    gate.open();
    assert.equal((await running).text, 'ab');
    await settle();
    assert.equal(fixture.server.openConnections, 0);
  });

  it('are kept while the reader of an answer is slow, and what comes meanwhile waits at the server', async () => {
    const line = `${JSON.stringify({ message: { content: 'x'.repeat(60_000) } })}\n`;
    fixture.server.on('/api/chat', async (exchange) => {
      exchange.head(200, { 'content-type': 'application/x-ndjson' });
      for (let chunk = 0; chunk < 2000 && !exchange.aborted; chunk++) await exchange.write(line);
      exchange.end();
    });
    const stream = fixture.client().chat(question);
    await stream.next();
    await stream.next();
    await waitUntilStill(() => fixture.server.requestsTo('/api/chat')[0]?.written ?? 0);
    const written = fixture.server.requestsTo('/api/chat')[0]?.written ?? 0;
    assert.ok(written < 1000, `${written} of 2000 chunks were taken`);
    let length = 0;
    for await (const event of stream) if (event.type === 'delta') length += event.content.length;
    assert.equal(length, 1999 * 60_000);
  });

  it('two streams of one client do not mix', async () => {
    const gates = [new Gate(), new Gate()];
    fixture.server.models(['a', 'b']);
    fixture.server.onChat((exchange) => {
      const gate = gates[exchange.model === 'a' ? 0 : 1];
      return answer([exchange.model, exchange.model], gate ? { pacing: { gate } } : {})(exchange);
    });
    const client = fixture.client();
    const both = ['a', 'b'].map((name) => collect(client.chat({ ...question, model: name })));
    await Promise.all([
      fixture.server.received('/api/chat', 1),
      fixture.server.received('/api/chat', 2),
    ]);
    gates[1]?.open();
    gates[0]?.open();
    assert.deepEqual(
      (await Promise.all(both)).map(({ text }) => text),
      ['aa', 'bb'],
    );
  });

  it('leaving a stream in the middle closes its connection', async () => {
    const gate = new Gate();
    fixture.server.onChat(answer(['a', 'b', 'c'], { pacing: { gate } }));
    gate.release();
    for await (const event of fixture.client().chat(question)) if (event.type === 'delta') break;
    await fixture.server.clientClosed('/api/chat');
  });

  it('leaving a stream that waits closes its connection', async () => {
    fixture.server.on('/api/chat', silent());
    const stream = fixture.client().chat(question);
    await stream.next();
    const waiting = stream.next();
    await fixture.server.received('/api/chat');
    await stream.return();
    assert.equal((await waiting).done, true);
    await fixture.server.clientClosed('/api/chat');
  });
});

/** Waits until `read` gives the same number for a while: nothing moves any more. */
async function waitUntilStill(read: () => number): Promise<void> {
  let same = 0;
  for (let last = read(); same < 200;) {
    await settle(1);
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}
