import assert from 'node:assert/strict';
import type { ModelEvent } from '../../../src/conversation/ports';
import { createConsentingModels } from '../../../src/server/consentingModels';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { fail } from '../../support/ollamaServer/scripts';

describe('models as chat and explanations may ask them', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  const agreed = new Set<string>();
  const answered: string[] = [];
  let unreachable = 0;
  const log: { readonly level: string; readonly text: string }[] = [];
  const note =
    (level: string) =>
    (...parts: readonly unknown[]): void =>
      void log.push({ level, text: parts.map((part) => JSON.stringify(part)).join(' ') });
  const logger = {
    ...{ trace: note('trace'), debug: note('debug'), info: note('info') },
    ...{ warn: note('warn'), error: note('error') },
  };

  const guarded = (): ReturnType<typeof createConsentingModels> =>
    createConsentingModels({
      models: backend,
      isCloud: (model, signal) => backend.isCloud(model, signal),
      mayLeave: (model) => agreed.has(model),
      origin: () => backend.origin,
      onUnreachable: () => unreachable++,
      onAnswer: (what, model) => answered.push(`${what} ${model}`),
      logger,
    });
  const ends = async (events: AsyncIterable<ModelEvent>): Promise<string> => {
    let last = '';
    for await (const event of events) {
      if (event.type !== 'end') continue;
      last = 'failure' in event.end ? event.end.failure.kind : event.end.kind;
    }
    return last;
  };
  const chat = (model: string): Promise<string> => {
    const messages = [{ role: 'user', content: 'Hi' }] as const;
    return ends(guarded().chat({ model, messages, profile: {} }, new AbortController().signal));
  };
  const explain = (model: string): Promise<string> => {
    const prompt = { model, prompt: 'const a = 1;', profile: {} };
    const { generate } = guarded();
    assert.ok(generate);
    return ends(generate(prompt, new AbortController().signal));
  };

  beforeEach(async () => {
    server = await OllamaServer.start();
    server.models([
      'qwen3:8b',
      { name: 'gpt-oss:120b-cloud', remoteHost: 'https://ollama.com:443' },
      { name: 'glm:cloud', remoteHost: 'https://ollama.com:443' },
      { name: 'innocent:8b', remoteHost: 'https://ollama.com:443' },
    ]);
    backend = createOllamaProvider();
    backend.connect(server.url);
    agreed.clear();
    answered.length = 0;
    unreachable = 0;
    log.length = 0;
  });
  afterEach(async () => {
    backend.dispose();
    await server.close();
  });

  for (const model of ['gpt-oss:120b-cloud', 'glm:cloud', 'not-installed:CLOUD']) {
    it(`send not one byte to ${model} without consent`, async () => {
      agreed.add('some-other:cloud');
      assert.equal(await chat(model), 'cloudConsent');
      assert.equal(await explain(model), 'cloudConsent');
      assert.equal(server.connections, 0);
    });
  }

  it('send nothing of the person to a cloud model behind an innocent name', async () => {
    assert.equal(await chat('innocent:8b'), 'cloudConsent');
    assert.equal(await explain('innocent:8b'), 'cloudConsent');
    assert.deepEqual([...new Set(server.requests.map(({ path }) => path))], ['/api/tags']);
  });

  it('ask a cloud model once the person has agreed to it, at once', async () => {
    agreed.add('glm:cloud');
    assert.equal(await chat('glm:cloud'), 'done');
    assert.deepEqual(server.requests.map(({ path }) => path).slice(0, 1), ['/api/chat']);
  });

  it('ask every other model, and tell of good ends', async () => {
    assert.equal(await chat('qwen3:8b'), 'done');
    assert.equal(await explain('qwen3:8b'), 'done');
    assert.deepEqual(answered, ['chat qwen3:8b', 'generate qwen3:8b']);
    assert.equal(server.requestsTo('/api/tags').length, 1);
  });

  it('work on a server that only imitates Ollama and has no list', async () => {
    server.on('/api/tags', fail(404, 'not here'));
    server.on('/api/ps', fail(404, 'not here'));
    assert.equal(await chat('qwen3:8b'), 'done');
  });

  it('are logged at debug level, and their texts only at trace level', async () => {
    assert.equal(await chat('qwen3:8b'), 'done');
    assert.deepEqual(
      log.map(({ level }) => level),
      ['debug', 'trace', 'debug'],
    );
    assert.deepEqual(
      log.filter(({ text }) => text.includes('"Hi"')).map(({ level }) => level),
      ['trace'],
    );
  });

  it('leave a line of each failure at the level that is usual, with the words of the server', async () => {
    server.onChat(fail(500, 'llama runner process has terminated'));
    assert.equal(await chat('qwen3:8b'), 'modelCrashed');
    const seen = log.filter(({ level }) => ['info', 'warn', 'error'].includes(level));
    assert.deepEqual(seen, [
      {
        level: 'warn',
        text: '"chat qwen3:8b: failed (modelCrashed, 500, llama runner process has terminated)"',
      },
    ]);
  });

  it('tell when the server cannot be had', async () => {
    await server.close();
    assert.equal(await chat('qwen3:8b'), 'refused');
    assert.equal(unreachable, 1);
    server = await OllamaServer.start();
  });
});
