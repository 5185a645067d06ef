import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/http/streamEvents';
import { getRetryDelay } from '../../../src/http/limits';
import type { Think } from '../../../src/ollama/ollamaApi';
import { ManualClock } from '../../support/clock';
import { answer, fail, hangUp, respond } from '../../support/ollamaServer/scripts';
import { collect, endName, Fixture, model, question } from './clientFixture';

const busy = fail(503, 'server busy, please try again.  maximum pending requests exceeded');

describe('OllamaClient, what is asked again', () => {
  const fixture = new Fixture();
  const quick = { timing: { retry: 1 }, random: () => 0 };

  it('a full queue, three times, with growing waits', async () => {
    fixture.server.on('/api/chat', busy);
    const { events, end } = await collect(fixture.client(quick).chat(question));
    assert.equal(endName(end), 'serverError:busy');
    assert.deepEqual(
      events.filter((event) => event.type === 'retry'),
      [1, 2, 4].map((waitMs, index) => ({
        type: 'retry',
        reason: 'busy',
        attempt: index + 1,
        waitMs,
      })),
    );
    assert.equal(fixture.server.requestsTo('/api/chat').length, 4);
  });

  it('a full queue, until there is room', async () => {
    fixture.server.once('/api/chat', busy);
    const { text } = await collect(fixture.client(quick).chat(question));
    assert.equal(text, 'Hello! How can I help you today?');
  });

  it('a full queue, unless it is cancelled meanwhile', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    fixture.server.on('/api/chat', busy);
    const events: ChatEvent[] = [];
    for await (const event of fixture.client({ clock }).chat(question, abort)) {
      events.push(event);
      if (event.type === 'retry') abort.abort();
    }
    assert.deepEqual(
      events.map((event) => (event.type === 'end' ? endName(event.end) : event.type)),
      ['phase', 'retry', 'cancelled:cancelled'],
    );
    assert.equal(fixture.server.requestsTo('/api/chat').length, 1);
  });

  it('waits longer each time, and by chance up to half as long again', () => {
    const wait = (attempt: number, chance: number) =>
      getRetryDelay({ timing: { retry: 500 }, random: () => chance }, attempt);
    assert.deepEqual(
      [1, 2, 3].map((attempt) => wait(attempt, 0)),
      [500, 1000, 2000],
    );
    assert.equal(wait(1, 0.5), 625);
    assert.equal(wait(1, 1), 750);
  });

  for (const [name, script] of [
    ['502', respond(502, {}, 'bad gateway')],
    ['504', respond(504, {}, 'gateway timeout')],
    ['429', fail(429, 'hourly limit')],
    ['500', fail(500, 'no')],
    ['a connection that breaks', hangUp()],
  ] as const) {
    it(`never ${name}: the model may be at work already`, async () => {
      fixture.server.on('/api/chat', script);
      const { events } = await collect(fixture.client(quick).chat(question));
      assert.equal(fixture.server.requestsTo('/api/chat').length, 1);
      assert.equal(events.filter((event) => event.type === 'retry').length, 0);
    });
  }

  describe('without a field the model lacks', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }] as const;

    it('think and tools, each once, and it says so', async () => {
      fixture.server.onChat(answer(['a']));
      const { events, text } = await collect(
        fixture.client().chat({ ...question, think: true, tools }),
      );
      assert.equal(text, 'a');
      assert.deepEqual(
        events.filter((event) => event.type === 'downgraded').map(({ field }) => field),
        ['tools', 'think'],
      );
      const sent = fixture.server.requestsTo('/api/chat').map(({ json }) => json ?? {});
      assert.deepEqual(
        sent.map((body) => ['think' in body, 'tools' in body]),
        [
          [true, true],
          [true, false],
          [false, false],
        ],
      );
    });

    it('a level of thinking that the server does not know', async () => {
      const think: Think = 'max';
      fixture.server.once(
        '/api/chat',
        fail(400, 'invalid think value: "max" (must be "high", "medium", "low", true, or false)'),
      );
      const { text, events } = await collect(fixture.client().chat({ ...question, think }));
      assert.equal(text, 'Hello! How can I help you today?');
      assert.equal(events.filter((event) => event.type === 'downgraded').length, 1);
    });

    it('plain thinking in place of a level, at once the next time (case 4)', async () => {
      const levels = fail(400, 'think value "medium" is not supported for this model');
      fixture.server.once('/api/chat', levels);
      const client = fixture.client();
      await collect(client.chat({ ...question, think: 'medium' }));
      await collect(client.chat({ ...question, think: 'medium' }));
      const sent = fixture.server.requestsTo('/api/chat').map(({ json }) => json?.['think']);
      assert.deepEqual(sent.slice(0, 2), ['medium', true]);
      assert.ok(!sent.slice(2).includes('medium'));
    });

    it('not when the field was not sent, nor for ever', async () => {
      fixture.server.on('/api/chat', fail(400, `"${model}" does not support thinking`));
      const plain = await collect(fixture.client().chat(question));
      assert.equal(endName(plain.end), 'serverError:unsupportedThink');
      const thinking = await collect(fixture.client().chat({ ...question, think: true }));
      assert.equal(endName(thinking.end), 'serverError:unsupportedThink');
      assert.equal(fixture.server.requestsTo('/api/chat').length, 3);
    });
  });
});
