import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/ollama/events';
import type { ChatRequest, GenerateRequest } from '../../../src/ollama/wire';
import { answer } from '../../support/ollamaServer/answer';
import { Gate } from '../../support/ollamaServer/gate';
import { fail, json, ndjson, raw, silent } from '../../support/ollamaServer/scripts';
import { collect, endName, errorOf, rejection } from './support/collect';
import { Fixture, model, prompt, question } from './support/fixture';
import { settle } from './support/ticks';

describe('OllamaClient', () => {
  const fixture = new Fixture();

  describe('requests', () => {
    it('say what was asked, stream, and never let the server cut the prompt', async () => {
      const request: ChatRequest = {
        model,
        messages: [
          { role: 'user', content: 'é', images: ['aGk='] },
          { role: 'tool', content: '4', tool_name: 'add', tool_call_id: 'call_1' },
        ],
        tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }],
        think: 'low',
        format: 'json',
        keep_alive: '10m',
        options: { num_ctx: 8192 },
      };
      fixture.server.models([{ name: model, capabilities: ['completion', 'tools', 'thinking'] }]);
      await collect(fixture.client().chat(request));
      const [sent] = fixture.server.requestsTo('/api/chat');
      assert.deepEqual(sent?.json, { ...request, stream: true, truncate: false });
      assert.equal(sent.headers['accept-encoding'], 'identity');
      assert.equal(sent.headers['content-length'], String(Buffer.byteLength(sent.body)));
    });

    it('of generate carry the context back', async () => {
      const request: GenerateRequest = {
        ...prompt,
        context: [1, 2, 3],
        system: 's',
        suffix: 'x',
        template: 't',
        raw: false,
        images: [],
        think: false,
      };
      fixture.server.onGenerate(answer(['a', 'b']));
      const { end } = await collect(fixture.client().generate(request));
      const [sent] = fixture.server.requestsTo('/api/generate');
      assert.deepEqual(sent?.json, { ...request, stream: true, truncate: false });
      assert.deepEqual(end.kind === 'done' && end.context, [1, 2, 3, 1, 2]);
    });

    it('go below the base path, with the headers of the person and of the address', async () => {
      fixture.server.on('/ollama/api/version', json({ version: '1.2.3' }));
      const url = fixture.server.url.replace('//', '//ada:pass@');
      const client = fixture.client({ url: `${url}/ollama/`, headers: { 'x-team': 'blue' } });
      assert.equal(await client.version(), '1.2.3');
      const [sent] = fixture.server.requests;
      assert.equal(sent?.headers['authorization'], `Basic ${btoa('ada:pass')}`);
      assert.equal(sent.headers['x-team'], 'blue');
    });

    it('are refused, not sent, when a header cannot be', async () => {
      const client = fixture.client({ headers: { 'x-key': 'a\nb' } });
      const { message } = await rejection(client.version(), 'unreachable');
      assert.match(message, /Invalid character in header content \["x-key"\]/u);
      const { end } = await collect(client.chat(question));
      assert.equal(endName(end), 'transportError:unreachable');
      assert.equal(fixture.server.requests.length, 0);
    });

    it('are not sent before the first event is asked for', async () => {
      const stream = fixture.client().chat(question);
      await settle();
      assert.equal(fixture.server.requests.length, 0);
      await stream.return();
      assert.deepEqual(await collectNothing(stream), []);
      assert.equal(fixture.server.requests.length, 0);
    });
  });

  describe('connections', () => {
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
  });

  describe('ends', () => {
    it('truncated: the body ends in good order without its last line', async () => {
      fixture.server.onChat(answer(['a', 'b'], { withoutDone: true }));
      const { text, end } = await collect(fixture.client().chat(question));
      assert.equal(text, 'ab');
      assert.equal(endName(end), 'truncated:truncated');
    });

    it('server error: an error line after some text', async () => {
      fixture.server.onChat(answer(['a', 'b'], { error: 'CUDA error: out of memory' }));
      const { text, end } = await collect(fixture.client().chat(question));
      assert.equal(text, 'ab');
      assert.equal(endName(end), 'serverError:outOfMemory');
    });

    it('transport error: the connection breaks after some text', async () => {
      fixture.server.onChat(answer(['a', 'b'], { withoutDone: true, end: 'finish' }));
      const { text, end } = await collect(fixture.client().chat(question));
      assert.equal(text, 'ab');
      assert.equal(endName(end), 'transportError:truncated');
    });

    it('done: text on the last line is text', async () => {
      fixture.server.on(
        '/api/chat',
        ndjson([
          { message: { content: 'a' } },
          { message: { content: 'b' }, done: true, done_reason: 'length' },
        ]),
      );
      const { text, end } = await collect(fixture.client().chat(question));
      assert.equal(text, 'ab');
      assert.equal(endName(end), 'done:length');
    });

    it('done: what follows the last line is nothing, and not waited for', async () => {
      fixture.server.onChat(async (exchange) => {
        await answer(['a'], { end: 'hang' })(exchange);
      });
      const { text, end } = await collect(fixture.client().chat(question));
      assert.equal(text, 'a');
      assert.equal(endName(end), 'done:stop');
    });

    it('done: a server that goes on after the last line is cut off', async () => {
      const endless = 'x'.repeat(10_000);
      fixture.server.on('/api/chat', async (exchange) => {
        exchange.head(200);
        await exchange.write('{"message":{"content":"a"},"done":true}\n');
        while (!exchange.aborted) await exchange.write(endless);
      });
      const { text, end } = await collect(fixture.client().chat(question));
      assert.equal(text, 'a');
      assert.equal(endName(end), 'done:stop');
      await fixture.server.clientClosed('/api/chat');
    });

    it('tool calls without an id get one of their own', async () => {
      const call = { function: { name: 'f', arguments: {} } };
      const message = { content: '', tool_calls: [call, { id: 'mine', ...call }] };
      fixture.server.on('/api/chat', ndjson([{ message }, { message, done: true }]));
      const { toolCalls } = await collect(fixture.client().chat(question));
      assert.deepEqual(
        toolCalls.map((tool) => tool.id),
        ['call_1', 'mine', 'call_3', 'mine'],
      );
    });
  });

  describe('bounds', () => {
    const long = (length: number) => JSON.stringify({ message: { content: 'x'.repeat(length) } });

    it('a line', async () => {
      fixture.server.on(
        '/api/chat',
        ndjson([{ message: { content: 'a' } }, JSON.parse(long(3000))]),
      );
      const client = fixture.client({ limits: { line: 2000, lastLine: 2000 } });
      const { text, end } = await collect(client.chat(question));
      assert.equal(text, 'a');
      assert.equal(endName(end), 'serverError:protocol');
    });

    it('a longer one for the last line only, which carries the context', async () => {
      const context = Array.from({ length: 1000 }, (_, id) => id);
      const limits = { line: 2000, lastLine: 10_000 };
      fixture.server.onGenerate(answer(['a'], { context }));
      const good = await collect(fixture.client({ limits }).generate(prompt));
      assert.equal(good.end.kind === 'done' && good.end.context?.length, 1000);
      fixture.server.on('/api/generate', ndjson([{ response: 'x'.repeat(3000) }]));
      const bad = await collect(fixture.client({ limits }).generate(prompt));
      assert.equal(endName(bad.end), 'serverError:protocol');
      assert.equal(bad.text, '');
    });

    it('an answer, streamed or not', async () => {
      const limits = { stream: 500, answer: 500 };
      fixture.server.onChat(answer(Array.from({ length: 50 }, () => 'x')));
      const { text, end } = await collect(fixture.client({ limits }).chat(question));
      assert.match(text, /^x{1,5}$/u);
      assert.equal(endName(end), 'serverError:protocol');
      fixture.server.on('/api/tags', json({ models: [], more: 'x'.repeat(600) }));
      await rejection(fixture.client({ limits }).tags(), 'protocol');
    });

    it('an error body that is long, broken off, or never ends leaves the status', async () => {
      const head = 'HTTP/1.1 500 Oh\r\nContent-Length: 9999999\r\n\r\n';
      fixture.server.once('/api/chat', fail(500, 'x'.repeat(5000)));
      fixture.server.once('/api/chat', raw([`${head}{"error":`]));
      fixture.server.once('/api/chat', raw([`${head}{"error":`], { end: 'hang' }));
      const client = fixture.client({ limits: { line: 1000 }, timing: { answer: 50 } });
      for (let kind = 0; kind < 3; kind++) {
        const error = errorOf((await collect(client.chat(question))).end);
        assert.equal(error.kind, 'server');
        assert.equal(error.status, 500);
      }
    });
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

async function collectNothing(stream: AsyncGenerator<ChatEvent>): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

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
