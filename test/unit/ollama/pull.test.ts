import assert from 'node:assert/strict';
import type { StreamEnd } from '../../../src/http/streamEvents';
import type { PullEvent } from '../../../src/ollama/pull';
import { ManualClock } from '../../support/clock';
import { Gate } from '../../support/ollamaServer/exchange';
import {
  fail,
  hangUp,
  ndjson,
  raw,
  replay,
  respond,
  silent,
} from '../../support/ollamaServer/scripts';
import { endName, Fixture } from './clientFixture';

const digest = (name: string): string => `sha256:${name}`;

async function collectPull(
  stream: AsyncIterable<PullEvent>,
): Promise<{ events: PullEvent[]; end: StreamEnd }> {
  const events: PullEvent[] = [];
  for await (const event of stream) events.push(event);
  const last = events.at(-1);
  assert.ok(last?.type === 'end');
  assert.equal(events.filter((event) => event.type === 'end').length, 1);
  return { events, end: last.end };
}

describe('OllamaClient, pull', () => {
  const fixture = new Fixture();

  it('tells the progress of each layer and over all, and ends when the server says success', async () => {
    const [a, b] = [digest('a'), digest('b')];
    fixture.server.on(
      '/api/pull',
      ndjson([
        { status: 'pulling manifest' },
        { status: 'pulling a', digest: a, total: 100 },
        { status: 'pulling a', digest: a, total: 100, completed: 40 },
        { status: 'pulling a', digest: a, total: 100, completed: 100 },
        { status: 'pulling b', digest: b, total: 10, completed: 10 },
        { status: 'pulling c', digest: digest('c') },
        { status: 'verifying sha256 digest' },
        { status: 'success' },
      ]),
    );
    const { events, end } = await collectPull(fixture.client().pull('m'));
    assert.equal(endName(end), 'done:success');
    assert.deepEqual(
      events
        .map((event) => event.type === 'progress' && [event.layer?.completedBytes, event.overall])
        .slice(1, 7),
      [
        [0, { totalBytes: 100, completedBytes: 0 }],
        [40, { totalBytes: 100, completedBytes: 40 }],
        [100, { totalBytes: 100, completedBytes: 100 }],
        [10, { totalBytes: 110, completedBytes: 110 }],
        [0, { totalBytes: 110, completedBytes: 110 }],
        [undefined, { totalBytes: 110, completedBytes: 110 }],
      ],
    );
    assert.deepEqual(fixture.server.requestsTo('/api/pull')[0]?.json, { model: 'm', stream: true });
  });

  it('ends with the error that came after 200', async () => {
    fixture.server.on('/api/pull', replay('pull-unreachable'));
    const { events, end } = await collectPull(fixture.client().pull('m'));
    assert.equal(endName(end), 'serverError:server');
    assert.equal(events.length, 2);
    fixture.server.on('/api/pull', ndjson([{ error: 'pull model manifest: file does not exist' }]));
    assert.equal(
      endName((await collectPull(fixture.client().pull('m'))).end),
      'serverError:modelMissing',
    );
  });

  it('resumes by itself after a lost connection, three times at most', async () => {
    const lost = ndjson([{ status: 'pulling manifest' }], { end: 'finish' });
    const client = fixture.client({ timing: { retry: 1 }, random: () => 0 });
    fixture.server.once('/api/pull', lost);
    fixture.server.once('/api/pull', ndjson([{ status: 'pulling manifest' }]));
    const good = await collectPull(client.pull('m'));
    assert.equal(endName(good.end), 'done:success');
    assert.deepEqual(
      good.events.filter((event) => event.type === 'retry'),
      [
        { type: 'retry', reason: 'connectionLost', attempt: 1, waitMs: 1 },
        { type: 'retry', reason: 'connectionLost', attempt: 2, waitMs: 2 },
      ],
    );
    fixture.server.forget();
    fixture.server.on('/api/pull', lost);
    const bad = await collectPull(client.pull('m'));
    assert.equal(endName(bad.end), 'transportError:truncated');
    assert.equal(fixture.server.requestsTo('/api/pull').length, 4);
  });

  it('is not repeated when it never began', async () => {
    fixture.server.on('/api/pull', hangUp());
    assert.equal(
      endName((await collectPull(fixture.client().pull('m'))).end),
      'transportError:unreachable',
    );
    fixture.server.on('/api/pull', respond(200, {}, ''));
    assert.equal(
      endName((await collectPull(fixture.client().pull('m'))).end),
      'truncated:truncated',
    );
    fixture.server.on('/api/pull', fail(500, 'no'));
    assert.equal(
      endName((await collectPull(fixture.client().pull('m'))).end),
      'serverError:server',
    );
    assert.equal(fixture.server.requestsTo('/api/pull').length, 3);
  });

  it('ends with a protocol error on what is no progress', async () => {
    const head = 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n';
    for (const body of ['<html>\n', '<html>', '[]\n', '{"status":7}\n', 'x'.repeat(3000)]) {
      fixture.server.on('/api/pull', raw([head + body]));
      const client = fixture.client({ limits: { line: 2000 } });
      assert.equal(
        endName((await collectPull(client.pull('m'))).end),
        'serverError:protocol',
        body.slice(0, 9),
      );
    }
  });

  it('takes a last line without newline', async () => {
    fixture.server.on('/api/pull', respond(200, {}, '{"status":"a"}\n{"status":"success"}'));
    assert.equal(endName((await collectPull(fixture.client().pull('m'))).end), 'done:success');
  });

  it('stops: before it starts, while it waits, while it loads, and while it waits to resume', async () => {
    const stop = async (
      stream: AsyncIterable<PullEvent>,
      abort: AbortController,
      when: Promise<unknown>,
    ) => {
      const collecting = collectPull(stream);
      await when;
      abort.abort();
      assert.equal(endName((await collecting).end), 'cancelled:cancelled');
    };
    const client = fixture.client({ clock: new ManualClock() });
    const abort = () => new AbortController();
    const first = abort();
    first.abort();
    await stop(client.pull('m', first), first, Promise.resolve());
    assert.equal(fixture.server.requests.length, 0);

    const second = abort();
    fixture.server.once('/api/pull', silent());
    await stop(client.pull('m', second), second, fixture.server.received('/api/pull'));
    await fixture.server.clientClosed('/api/pull', 1);

    const third = abort();
    const gate = new Gate();
    gate.release();
    fixture.server.once(
      '/api/pull',
      ndjson([{ status: 'a' }, { status: 'b' }], { pacing: { gate } }),
    );
    const reading = client.pull('m', third);
    assert.equal((await reading.next()).value?.type, 'progress');
    await stop(reading, third, Promise.resolve());
    await fixture.server.clientClosed('/api/pull', 2);

    const fourth = abort();
    fixture.server.once('/api/pull', ndjson([{ status: 'a' }], { end: 'finish' }));
    const retrying = client.pull('m', fourth);
    for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => retrying.next() }) }) {
      if (event.type === 'retry') break;
    }
    await stop(retrying, fourth, Promise.resolve());
    assert.equal(fixture.server.requestsTo('/api/pull').length, 3);
  });

  it('left, closes its connection', async () => {
    fixture.server.on('/api/pull', ndjson([{ status: 'a' }], { end: 'hang' }));
    for await (const event of fixture.client().pull('m')) if (event.type === 'progress') break;
    await fixture.server.clientClosed('/api/pull');
  });
});
