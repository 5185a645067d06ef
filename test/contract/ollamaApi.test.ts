import assert from 'node:assert/strict';
import { OllamaClient } from '../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../src/http/endpoint';
import { ServerError } from '../../src/http/serverError';
import type { ChatEvent, StreamEnd } from '../../src/http/streamEvents';
import { modelProfile } from '../../src/ollama/modelProfile';
import type { ChatRequest } from '../../src/ollama/ollamaApi';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { findRealModel } from '../support/realModel';

interface Target {
  readonly url: string;
  readonly model: string;
  stop(): Promise<void>;
}

async function scripted(): Promise<Target> {
  const server = await OllamaServer.start();
  return { url: server.url, model: 'smollm2:135m', stop: () => server.close() };
}

/**
 * What the client relies on, tested with the scripted server of the other tests and with a real
 * model: a running Ollama, an installed one, or the small model of the tests.
 */
const targets = [
  ['the scripted server', scripted],
  ['a real model', findRealModel],
] as const;

async function read(
  stream: AsyncIterable<ChatEvent>,
): Promise<{ text: string; fields: string[]; end: StreamEnd }> {
  let text = '';
  const fields: string[] = [];
  for await (const event of stream) {
    if (event.type === 'delta') text += event.thinking + event.content;
    if (event.type === 'downgraded') fields.push(event.field);
    if (event.type === 'end') return { text, fields, end: event.end };
  }
  return assert.fail('a stream has an end');
}

async function isMissing(asked: Promise<unknown>): Promise<void> {
  await assert.rejects(
    asked,
    (error: unknown) => error instanceof ServerError && error.kind === 'modelMissing',
  );
}

for (const [name, start] of targets) {
  describe(`The API of Ollama, as ${name} speaks it`, function () {
    this.timeout(300_000);
    let target: Target;
    let client: OllamaClient;
    let question: ChatRequest;
    const options = { num_predict: 12, temperature: 0, seed: 7 };

    before(async () => {
      target = await start();
      client = new OllamaClient({ endpoint: parseEndpoint(target.url, {}) });
      const messages = [{ role: 'user', content: 'Count from one to twenty.' }] as const;
      question = { model: target.model, messages, options };
    });
    after(async () => {
      client.dispose();
      await target.stop();
    });

    it('says its version and its models', async () => {
      assert.match(await client.version(), /^\d+\.\d+/u);
      const { models } = await client.tags();
      const profile = modelProfile(target.model, {
        tags: models,
        show: await client.show(target.model),
      });
      assert.ok(profile.capabilities?.includes('completion'));
      assert.ok((profile.context.trained ?? 0) >= 2048);
    });

    it('loads and unloads', async () => {
      const loaded = async () => (await client.ps()).models.map((model) => model.name);
      await client.load(target.model);
      assert.deepEqual(await loaded(), [target.model]);
      const profile = modelProfile(target.model, { ps: (await client.ps()).models });
      assert.ok((profile.context.allocated ?? 0) > 0);
      await client.unload(target.model);
      assert.deepEqual(await loaded(), []);
    });

    it('streams a chat, with its counts on the last line', async () => {
      const { text, end } = await read(client.chat(question));
      assert.notEqual(text, '');
      assert.ok(end.kind === 'done' && ['stop', 'length'].includes(end.reason));
      assert.ok((end.metrics.evalCount ?? 0) > 0);
      assert.ok((end.metrics.promptEvalCount ?? 0) > 0);
    });

    it('continues from the context of a generate', async () => {
      const prompt = { model: target.model, prompt: 'The colour of the sky is', options };
      const first = await read(client.generate(prompt));
      assert.ok(first.end.kind === 'done' && first.end.context);
      const { context } = first.end;
      const second = await read(client.generate({ ...prompt, prompt: 'And of grass?', context }));
      assert.ok(second.end.kind === 'done' && second.end.context);
      assert.deepEqual(second.end.context.slice(0, context.length), context);
    });

    it('has no model that it does not have', async () => {
      const model = 'no-such-model:1b';
      for (const stream of [
        client.chat({ ...question, model }),
        client.generate({ model, prompt: 'hi' }),
      ]) {
        const { end } = await read(stream);
        assert.ok(end.kind === 'serverError' && end.error.kind === 'modelMissing');
      }
      await isMissing(client.show(model));
      await isMissing(client.load(model));
    });

    it('answers without what the model cannot do', async () => {
      const parameters = { type: 'object', properties: {} };
      const tools = [{ type: 'function', function: { name: 'now', parameters } }] as const;
      const able =
        modelProfile(target.model, { tags: (await client.tags()).models }).capabilities ?? [];
      const { end, fields } = await read(client.chat({ ...question, think: true, tools }));
      assert.equal(end.kind, 'done');
      assert.equal(fields.includes('tools'), !able.includes('tools'));
      assert.equal(fields.includes('think'), !able.includes('thinking'));
    });

    it('stops when it is stopped, and is there for the next question', async () => {
      const abort = new AbortController();
      const seen: string[] = [];
      const long = { ...question, options: { ...options, num_predict: 400 } };
      for await (const event of client.chat(long, abort)) {
        seen.push(event.type);
        if (event.type === 'delta') abort.abort();
      }
      assert.equal(seen.filter((type) => type === 'delta').length, 1);
      assert.equal(seen.at(-1), 'end');
      assert.equal((await read(client.chat(question))).end.kind, 'done');
    });
  });
}

describe('The API of Ollama, a prompt that is too long', function () {
  this.timeout(300_000);

  it('is refused by a real model with exact counts, and not cut', async () => {
    const real = await findRealModel();
    const { model } = real;
    const client = new OllamaClient({ endpoint: parseEndpoint(real.url, {}) });
    const content = 'The quick brown fox jumps over the lazy dog. '.repeat(400);
    const options = { num_ctx: 1024, num_predict: 4 };
    const { text, end } = await read(
      client.chat({ model, messages: [{ role: 'user', content }], options }),
    );
    client.dispose();
    await real.stop();
    assert.equal(text, '');
    assert.ok(end.kind === 'serverError' && end.error.kind === 'contextOverflow');
    assert.ok((end.error.promptTokens ?? 0) > (end.error.contextLength ?? Infinity));
  });
});
