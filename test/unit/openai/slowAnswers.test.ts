import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OpenaiClientOptions } from '../../../src/openai/openaiClient';
import { ManualClock } from '../../support/clock';
import { Gate, type Script } from '../../support/ollamaServer/exchange';
import { answer, hangUp, json, replay, respond, silent } from '../../support/ollamaServer/scripts';
import { settle, summarise, Watcher } from '../ollama/clientFixture';
import { endName, event, OpenaiFixture, question } from './openaiFixture';

const route = '/v1/chat/completions';
const role = event({ delta: { role: 'assistant', content: '' } });
const text = (content: string): string => event({ delta: { content } });
const end = event({ delta: {}, finish_reason: 'stop' });

/** Sends one piece for each step of the gate. */
function pieces(all: readonly string[], gate: Gate): Script {
  return async (exchange) => {
    exchange.head(200, { 'Content-Type': 'text/event-stream' });
    for (const piece of all) {
      await gate.pass(exchange.clientClosed);
      if (exchange.aborted) return;
      await exchange.write(piece);
    }
    exchange.end();
  };
}

describe('OpenaiClient, time', () => {
  const fixture = new OpenaiFixture();
  let clock: ManualClock;
  let abort: AbortController;
  beforeEach(() => {
    clock = new ManualClock();
    abort = new AbortController();
  });
  afterEach(() => abort.abort());

  const client = (options: Partial<OpenaiClientOptions> = {}) =>
    fixture.client({ clock, random: () => 0, ...options });
  const watch = (from = client()): Watcher =>
    new Watcher(from.chat(question, { signal: abort.signal }));

  async function sent(count = 1): Promise<void> {
    await fixture.server.received(route, count);
    await settle();
  }

  /** Waits until no probe is on its way: then only the next look at the silence is awaited. */
  async function idle(): Promise<void> {
    while (clock.waiting > 1) await nextTurn();
  }

  /** Lets time pass in which nothing comes from the server but the answers to probes. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await idle();
    }
  }

  const sixMinutes = 360;

  it('six minutes of silence after the role are no alarm: the model reads the prompt', async () => {
    const gate = new Gate();
    fixture.server.on(route, pieces([role, text('Hi'), end], gate));
    const watcher = watch();
    gate.release();
    await watcher.phase('prompting');
    await pass(sixMinutes);
    assert.deepEqual(watcher.names, ['connecting', 'prompting']);
    gate.open();
    await watcher.done;
    assert.deepEqual(watcher.names, ['connecting', 'prompting']);
    assert.equal(summarise(watcher.events).text, 'Hi');
    assert.equal(fixture.server.requestsTo(route).length, 1);
  });

  it('six minutes without headers are no alarm while the server answers probes', async () => {
    fixture.server.on(route, silent());
    const watcher = watch();
    await sent();
    await pass(sixMinutes);
    assert.deepEqual(watcher.names, ['connecting', 'prompting']);
    // About one probe every two seconds, none of which calls a model.
    const probes = fixture.server.requestsTo('/v1/models').length;
    assert.ok(probes > 100 && probes <= 184, String(probes));
    assert.equal(fixture.server.requests.length, probes + 1);
    assert.equal(fixture.server.requestsTo(route)[0]?.aborted, false);
  });

  it('without headers a llama.cpp has the request in its queue, and reads the prompt after them', async () => {
    const gate = new Gate();
    fixture.server.on('/v1/models', replay('openai/llamacpp-models'));
    const asked = client();
    await asked.models();
    fixture.server.on(route, async (exchange) => {
      await gate.pass(exchange.clientClosed);
      await pieces([text('Hi'), end], gate)(exchange);
    });
    const watcher = watch(asked);
    await sent();
    clock.advance(150);
    await watcher.phase('queued');
    await pass(sixMinutes);
    gate.release();
    await watcher.phase('prompting');
    assert.deepEqual(watcher.names, ['connecting', 'queued', 'prompting']);
    gate.open();
    await watcher.done;
    assert.ok(fixture.server.requestsTo('/health').length > 100);
  });

  it('a server that goes away while the prompt is read is an alarm, and the request stays', async () => {
    const gate = new Gate();
    fixture.server.on(route, pieces([role, text('Hi'), end], gate));
    const watcher = watch();
    gate.release();
    await watcher.phase('prompting');
    fixture.server.on('/v1/models', hangUp());
    clock.advance(1_000);
    await watcher.phase('stalled:dead');
    fixture.server.off('/v1/models');
    await idle();
    clock.advance(2_000);
    await watcher.phase('prompting', 2);
    gate.open();
    await watcher.done;
    assert.equal(endName(summarise(watcher.events).end), 'done:stop');
  });

  it('pings each second for six minutes before the text are no alarm, and no event each', async () => {
    const gate = new Gate();
    const pings = Array.from({ length: sixMinutes }, () => ': ping\n\n');
    fixture.server.on(route, pieces([...pings, text('Hi'), end], gate));
    const watcher = watch();
    await sent();
    for (let second = 0; second < sixMinutes; second++) {
      gate.release();
      await pass(1);
    }
    gate.open();
    await watcher.done;
    assert.deepEqual(watcher.names, ['connecting', 'prompting']);
    assert.equal(watcher.events.length, 4);
  });

  it('pings after text are signs of life: nothing is stalled, and nothing is probed', async () => {
    const gate = new Gate();
    const pings = Array.from({ length: sixMinutes }, () => ': ping\n\n');
    fixture.server.on(route, pieces([text('H'), ...pings, text('i'), end], gate));
    const watcher = watch();
    gate.release();
    await watcher.text();
    const probes = fixture.server.requests.length;
    for (let second = 0; second < sixMinutes; second++) {
      gate.release();
      await settle(8);
      clock.advance(1_000);
    }
    gate.open();
    await watcher.done;
    assert.deepEqual(watcher.names, ['connecting', 'prompting']);
    assert.equal(fixture.server.requests.length, probes);
  });

  it('silence after text is stalled after 15 s, until a ping comes', async () => {
    const gate = new Gate();
    fixture.server.on(route, pieces([text('H'), ':\n\n', text('i'), end], gate));
    const watcher = watch();
    gate.release();
    await watcher.text();
    clock.advance(15_000);
    await watcher.phase('stalled:alive');
    gate.release();
    await watcher.phase('resumed');
    gate.open();
    await watcher.done;
    assert.equal(summarise(watcher.events).text, 'Hi');
  });

  it('a storm of comments is not kept: a reader that comes late finds only the text', async () => {
    const storm = ': ping\n\n'.repeat(5_000);
    const body = [storm, text('H'), storm, text('i'), storm, end].join('');
    fixture.server.on(route, respond(200, { 'Content-Type': 'text/event-stream' }, body));
    const watcher = watch();
    await watcher.done;
    assert.deepEqual(
      watcher.events.map(({ type }) => type),
      ['phase', 'phase', 'delta', 'delta', 'end'],
    );
  });

  describe('what a busy server asks to wait', () => {
    const busy = (status: number, retryAfter?: string): Script =>
      respond(
        status,
        { ...(retryAfter !== undefined && { 'Retry-After': retryAfter }) },
        JSON.stringify({ error: { message: 'Try later.' } }),
      );
    const future = 'Fri, 31 Dec 9999 23:59:59 GMT';
    const past = 'Wed, 21 Oct 2015 07:28:00 GMT';
    // The client's own wait is 500 ms, and no wait is shorter.
    const waits: readonly (readonly [status: number, header: string | undefined, wait: number])[] =
      [
        [503, '0', 500],
        [429, '0', 500],
        [503, '30', 30_000],
        [429, '30', 30_000],
        [503, ' 1.5 ', 1_500],
        [429, '60', 60_000],
        [429, past, 500],
        [503, 'soon', 500],
        [503, '-5', 500],
        [503, undefined, 500],
      ];
    for (const [status, header, wait] of waits) {
      it(`is shown and waited for: ${status} with "${header ?? 'nothing'}"`, async () => {
        fixture.server.once(route, busy(status, header));
        fixture.server.onChat(answer(['Hi']));
        const watcher = watch();
        await watcher.until(({ type }) => type === 'retry');
        const [retry] = watcher.events.filter((each) => each.type === 'retry');
        assert.equal(retry?.waitMs, wait);
        clock.advance(wait - 1);
        await settle();
        assert.equal(fixture.server.requestsTo(route).length, 1);
        clock.advance(1);
        await watcher.done;
        assert.equal(summarise(watcher.events).text, 'Hi');
        assert.equal(fixture.server.requestsTo(route).length, 2);
      });
    }

    const refused: readonly (readonly [status: number, header: string | undefined])[] = [
      [503, '3600'],
      [429, '61'],
      [503, future],
      [429, 'soon'],
      [429, undefined],
      [500, '1'],
      [502, '1'],
      [504, '1'],
    ];
    for (const [status, header] of refused) {
      it(`is left to the user: ${status} with "${header ?? 'nothing'}"`, async () => {
        fixture.server.on(route, busy(status, header));
        const watcher = watch();
        await watcher.done;
        assert.equal(summarise(watcher.events).end.kind, 'serverError');
        assert.equal(fixture.server.requestsTo(route).length, 1);
      });
    }

    it('is waited for three times, then the refusal is shown', async () => {
      fixture.server.on(route, busy(503, '1'));
      const watcher = watch();
      for (let attempt = 1; attempt <= 3; attempt++) {
        await watcher.until(({ type }) => type === 'retry', attempt);
        clock.advance(2_000);
      }
      await watcher.done;
      assert.equal(endName(summarise(watcher.events).end), 'serverError:busy');
      assert.equal(fixture.server.requestsTo(route).length, 4);
    });

    it('is waited for also while a model is loading', async () => {
      fixture.server.once(route, replay('openai/llamacpp-loading'));
      const watcher = watch();
      await watcher.until(({ type }) => type === 'retry');
      fixture.server.onChat(answer(['Hi']));
      clock.advance(500);
      await watcher.done;
      assert.equal(summarise(watcher.events).text, 'Hi');
    });
  });

  describe('a redirect of the list of models', () => {
    const redirect = (location: string): Script => respond(307, { Location: location }, '');
    const list = json({ data: [{ id: 'm', object: 'model' }] });

    it('that only adds a slash is followed, once', async () => {
      fixture.server.on('/v1/models/', list);
      for (const location of [`${fixture.server.url}/v1/models/`, '/v1/models/', 'models/']) {
        fixture.server.forget();
        fixture.server.on('/v1/models', redirect(location));
        const { models } = await client().models();
        assert.deepEqual(models, [{ id: 'm' }]);
        assert.deepEqual(
          fixture.server.requests.map(({ path }) => path),
          ['/v1/models', '/v1/models/'],
        );
      }
      fixture.server.on('/v1/models/', redirect('/v1/models//'));
      await assert.rejects(client().models(), { kind: 'redirect' });
    });

    it('to anything else is refused, and no key goes there', async () => {
      fixture.server.on('/v1/other/', list);
      for (const location of [
        '/v1/other/',
        '/v1/models',
        '/v1/models/?key=1',
        `${fixture.server.url.replace('127.0.0.1', 'localhost')}/v1/models/`,
        `${fixture.server.url.replace('http:', 'https:')}/v1/models/`,
        '//other.example/v1/models/',
        'http://',
        '',
      ]) {
        fixture.server.forget();
        fixture.server.on('/v1/models', redirect(location));
        await assert.rejects(client().models(), { kind: 'redirect' });
        assert.equal(fixture.server.requests.length, 1, location);
      }
    });

    it('says nothing of a chat, which is never sent again', async () => {
      fixture.server.on(route, redirect(`${route}/`));
      const watcher = watch();
      await watcher.done;
      assert.equal(endName(summarise(watcher.events).end), 'serverError:redirect');
      assert.equal(fixture.server.requests.length, 1);
    });
  });
});
