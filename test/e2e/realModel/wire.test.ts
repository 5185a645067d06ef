import assert from 'node:assert/strict';
import { promptMessages } from '../../../src/conversation/prompt';
import { OllamaClient } from '../../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../../src/http/endpoint';
import type { ModelOptions } from '../../../src/ollama/ollamaApi';
import type { ChatEvent } from '../../../src/http/streamEvents';
import type { Turn } from '../../../src/shared/turn';
import { manifest } from '../../contract/manifest';
import { collect } from '../../unit/ollama/clientFixture';
import { useRealModel } from './realModelFixture';

/** Repeatable on one machine; no test looks at the words. */
const steady: ModelOptions = { temperature: 0, seed: 7 };
const brief: ModelOptions = { ...steady, num_predict: 6 };

const settings = manifest.contributes.configuration.properties;
const systemPrompt = String(settings['cria.systemPrompt']?.default);
const commands = settings['cria.prompts']?.default as Readonly<Record<string, string>>;

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'delta' ? event.content : '')).join('');
}

describe('the client, with a real model', () => {
  const real = useRealModel();
  let client: OllamaClient;
  let model: string;

  before(() => {
    model = real.model.model;
    client = new OllamaClient({ endpoint: parseEndpoint(real.model.url, {}) });
  });

  after(() => client.dispose());

  it('lists the model, and knows what it can', async () => {
    const { models } = await client.tags();
    assert.ok(models.some(({ name }) => name === model));
    assert.ok((await client.show(model)).capabilities?.includes('completion'));
    assert.notEqual(await client.version(), '');
  });

  it('chats, with counts that fit the request', async () => {
    const messages = [{ role: 'user' as const, content: 'Count to one hundred.' }];
    const { events, end } = await collect(client.chat({ model, messages, options: brief }));
    assert.ok(end.kind === 'done');
    assert.equal(end.reason, 'length');
    assert.equal(end.metrics.evalCount, 6);
    assert.ok((end.metrics.promptEvalCount ?? 0) > 0);
    assert.ok((end.metrics.totalDurationNs ?? 0) >= (end.metrics.evalDurationNs ?? Infinity));
    assert.ok(events.filter(({ type }) => type === 'delta').length > 1);
    const { models } = await client.ps();
    assert.ok(models.some(({ name, context_length }) => name === model && context_length));
  });

  it('reads in the second turn of a conversation only what is new', async () => {
    const long = 'The carry-over buffer keeps the unfinished line until its end has come. '.repeat(
      30,
    );
    const question = { role: 'user', id: 'q', parent: null, createdAt: 0, text: long } as const;
    const first = promptMessages(systemPrompt, [question]);
    const one = await collect(client.chat({ model, messages: first, options: brief }));
    assert.ok(one.end.kind === 'done');
    const reply: Turn = {
      role: 'assistant',
      id: 'a',
      parent: 'q',
      createdAt: 0,
      model,
      thinking: '',
      state: 'done',
      end: { kind: 'done', reason: 'stop' },
      text: textOf(one.events),
    };
    const second = promptMessages(systemPrompt, [question, reply, { ...question, text: 'Why?' }]);
    assert.deepEqual(second.slice(0, first.length), first);
    const two = await collect(client.chat({ model, messages: second, options: brief }));
    assert.ok(two.end.kind === 'done');
    const figures = [one.end.metrics, two.end.metrics].map(
      ({ promptEvalCount = 0, promptEvalDurationNs = 0 }) => ({
        tokens: promptEvalCount,
        milliseconds: Math.round(promptEvalDurationNs / 1e6),
      }),
    );
    process.stdout.write(`      first turn and second: ${JSON.stringify(figures)}\n`);
    const [before, after] = figures;
    assert.ok(before && after && after.tokens > before.tokens);
    // It would take longer than the first if all of it were read again.
    assert.ok(after.milliseconds < before.milliseconds / 2);
  });

  it('gets fewer than 150 tokens besides the message, for every command', async () => {
    for (const [command, text] of [['none', 'x'], ...Object.entries(commands)] as const) {
      const turn = { role: 'user', id: 'q', parent: null, createdAt: 0, text } as const;
      const messages = promptMessages(systemPrompt, [turn]);
      const { end } = await collect(
        client.chat({ model, messages, options: { ...brief, num_predict: 1 } }),
      );
      assert.ok(end.kind === 'done');
      const { promptEvalCount = Infinity } = end.metrics;
      process.stdout.write(`      ${command}: ${promptEvalCount} tokens\n`);
      assert.ok(promptEvalCount < 150);
    }
  });

  it('continues from the context of an answer', async () => {
    const first = await collect(client.generate({ model, prompt: 'Say hello.', options: brief }));
    assert.ok(first.end.kind === 'done' && first.end.context);
    const { context } = first.end;
    const request = { model, prompt: 'Say it again.', context, options: brief };
    const { end } = await collect(client.generate(request));
    assert.ok(end.kind === 'done');
    assert.ok((end.metrics.promptEvalCount ?? 0) > context.length);
  });

  it('reports exactly by how much a prompt is too long', async () => {
    const messages = [{ role: 'user' as const, content: 'lighthouse '.repeat(2_000) }];
    const options = { ...brief, num_ctx: 1_024 };
    const { end } = await collect(client.chat({ model, messages, options }));
    assert.ok(end.kind === 'serverError');
    assert.equal(end.error.kind, 'contextOverflow');
    assert.equal(end.error.contextLength, 1_024);
    assert.ok((end.error.promptTokens ?? 0) > 2_000);
  });

  it('names a model that is not there', async () => {
    const request = { model: 'no-such-model:1b', prompt: 'Hello' };
    const { end } = await collect(client.generate(request));
    assert.ok(end.kind === 'serverError');
    assert.equal(end.error.kind, 'modelMissing');
  });

  it('frees the model by closing a stream that would never end', async () => {
    const endless = { ...steady, num_predict: -1, num_ctx: 1_024 };
    const prompt = 'Write the longest story you can, and never end it.';
    for await (const event of client.generate({ model, prompt, options: endless })) {
      if (event.type === 'delta') break;
    }
    const options = { ...brief, num_ctx: 1_024 };
    const { end } = await collect(client.generate({ model, prompt: 'Say hello.', options }));
    assert.equal(end.kind, 'done');
  });

  it('answers requests one after the other', async () => {
    const ended: string[] = [];
    const ask = async (name: string): Promise<void> => {
      const { end } = await collect(client.generate({ model, prompt: name, options: brief }));
      assert.equal(end.kind, 'done');
      ended.push(name);
    };
    await Promise.all([ask('first'), ask('second')]);
    assert.deepEqual(ended, ['first', 'second']);
  });

  it('loads and unloads', async () => {
    await client.load(model);
    assert.equal((await client.ps()).models.filter(({ name }) => name === model).length, 1);
    await client.unload(model);
    assert.equal((await client.ps()).models.filter(({ name }) => name === model).length, 0);
  });
});
