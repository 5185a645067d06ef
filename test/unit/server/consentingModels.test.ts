import assert from 'node:assert/strict';
import type { ModelEvent } from '../../../src/conversation/ports';
import { createConsentingModels } from '../../../src/server/consentingModels';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { ManualClock } from '../../support/clock';
import { Gate, type Script } from '../../support/ollamaServer/exchange';
import { answer, fail, json, ndjson, respond } from '../../support/ollamaServer/scripts';

async function* arrayOf(events: readonly ModelEvent[]): AsyncIterable<ModelEvent> {
  yield* await Promise.resolve(events);
}

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
      bind: () => backend.bind(),
      mayLeave: (model, origin) => agreed.has(model) || agreed.has(`${origin} ${model}`),
      // Such a consent is for servers that are not Ollama, and never for a cloud model.
      mayUseServer: () => true,
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
  /** Requests that carry the user's text. */
  const sentTexts = (): readonly string[] =>
    server.requests
      .filter(({ json }) => json?.['messages'] ?? json?.['prompt'])
      .map(({ path }) => path);
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

  it('H1: send nothing to a cloud model behind another spelling of its name', async () => {
    const host = 'registry.ollama.ai/library/innocent:8b';
    for (const model of ['library/innocent:8b', 'INNOCENT:8B', host, `https://${host}`]) {
      assert.equal(await chat(model), 'cloudConsent', model);
      assert.equal(await explain(model), 'cloudConsent', model);
    }
    assert.deepEqual(sentTexts(), []);
  });

  it('H1: refuse names that Ollama’s grammar does not have before any request', async () => {
    const names = ['gpt-oss:120b: cloud', 'gpt-oss:120b:\tcloud', 'gpt-oss:120b:\u00a0cloud'];
    for (const model of [
      ...names,
      'a b',
      '',
      'a:cloud:local',
      '../a',
      'a\u200b',
      'x'.repeat(900),
    ]) {
      assert.equal(await chat(model), 'invalidModel', JSON.stringify(model));
      assert.equal(await explain(model), 'invalidModel', JSON.stringify(model));
    }
    assert.equal(server.connections, 0);
  });

  it('H1: ask about a model that is in no list, and send nothing unless it runs on the server', async () => {
    server.on('/api/show', json({ remote_host: 'https://ollama.com:443', remote_model: 'big' }));
    assert.equal(await chat('unlisted:8b'), 'cloudConsent');
    server.on('/api/show', json({ remote_model: 'big' }));
    assert.equal(await chat('unlisted:9b'), 'cloudConsent');
    server.on('/api/show', json({ remote_host: 7 }));
    assert.equal(await chat('unlisted:10b'), 'cloudConsent');
    server.on('/api/show', fail(404, "model 'unlisted:11b' not found"));
    assert.equal(await chat('unlisted:11b'), 'modelMissing');
    assert.deepEqual(sentTexts(), []);
    server.on('/api/show', json({ details: {} }));
    server.on('/api/chat', answer(['Hi']));
    assert.equal(await chat('unlisted:12b'), 'done');
    assert.equal(await chat('unlisted:12b'), 'done');
    assert.equal(server.requestsTo('/api/show').length, 5);
  });

  it('count a model with two entries of one name as one that runs elsewhere', async () => {
    const { url } = server;
    const entry = { name: 'twin', remote_host: url };
    for (const models of [
      [entry, { name: 'twin:latest' }],
      [{ name: 'twin' }, entry],
    ]) {
      server.on('/api/tags', json({ models }));
      backend.connect(url);
      assert.equal(await chat('twin'), 'cloudConsent');
    }
  });

  const withoutList: readonly (readonly [string, Script, string])[] = [
    ['401', fail(401, 'unauthorized'), 'unauthorized'],
    ['403', fail(403, 'forbidden'), 'unknownLocation'],
    ['404', fail(404, 'not here'), 'unknownLocation'],
    ['500', fail(500, 'broken'), 'unknownLocation'],
    ['503', fail(503, 'try later'), 'unknownLocation'],
    ['a web page', respond(200, { 'Content-Type': 'text/html' }, '<html>'), 'unknownLocation'],
    ['an unreadable entry', json({ models: [{ name: 5 }] }), 'unknownLocation'],
    ['a redirect', respond(307, { Location: 'http://elsewhere.example/' }), 'redirect'],
  ];
  for (const [name, script, kind] of withoutList) {
    it(`M6: send nothing where neither the list nor the details can be had: ${name}`, async () => {
      server.on('/api/tags', script);
      server.on('/api/show', name === 'an unreadable entry' ? fail(500, 'broken') : script);
      assert.equal(await chat('qwen3:8b'), kind);
      assert.equal(await explain('qwen3:8b'), kind);
      assert.deepEqual(sentTexts(), []);
    });
  }

  it('M6: work on a server that has no list but describes its models', async () => {
    for (const script of [fail(404, 'not here'), fail(500, 'broken'), json({ models: [{}] })]) {
      server.on('/api/tags', script);
      backend.connect(server.url);
      assert.equal(await chat('qwen3:8b'), 'done');
      assert.equal(await chat('innocent:8b'), 'cloudConsent');
    }
    assert.equal(sentTexts().length, 3);
  });

  it('M6: ask the server of the check, also when another address is set meanwhile', async () => {
    const other = await OllamaServer.start();
    other.models([{ name: 'qwen3:8b', remoteHost: 'https://ollama.com:443' }]);
    const list = new Gate();
    server.on('/api/tags', async (exchange) => {
      await list.pass(exchange.clientClosed);
      exchange.respondJson({ models: [{ name: 'qwen3:8b' }] });
    });
    const answer = chat('qwen3:8b');
    await server.received('/api/tags');
    backend.connect(other.url);
    list.open();
    assert.equal(await answer, 'done');
    assert.equal(sentTexts().length, 1);
    assert.equal(other.connections, 0);
    assert.equal(await chat('qwen3:8b'), 'cloudConsent');
    await other.close();
  });

  it('M6: know consent only for the address that it was given for', async () => {
    const other = await OllamaServer.start();
    agreed.add(`${backend.origin} glm:cloud`);
    assert.equal(await chat('glm:cloud'), 'done');
    backend.connect(other.url);
    assert.equal(await chat('glm:cloud'), 'cloudConsent');
    assert.equal(other.connections, 0);
    await other.close();
  });

  const remotes = [
    { remote_host: 'https://ollama.com:443' },
    { remote_model: 'b' },
    { remote_host: 7 },
  ];
  for (const remote of remotes) {
    it(`M6: end an answer that comes from elsewhere: ${JSON.stringify(remote)}`, async () => {
      const line = { model: 'qwen3:8b', message: { content: 'secret ' }, done: false, ...remote };
      server.onChat(ndjson([line, line], { end: 'hang' }));
      const messages = [{ role: 'user', content: 'Hi' }] as const;
      const { signal } = new AbortController();
      const events: ModelEvent[] = [];
      const prompt = { model: 'qwen3:8b', messages, profile: {} };
      for await (const event of guarded().chat(prompt, signal)) events.push(event);
      assert.equal(events.filter(({ type }) => type === 'delta').length, 0);
      assert.equal(await ends(arrayOf(events)), 'answeredElsewhere');
      await server.clientClosed('/api/chat');
      server.forget();
      assert.equal(await chat('qwen3:8b'), 'cloudConsent');
      await backend.installed();
      assert.equal(await chat('QWEN3:8b'), 'cloudConsent');
      assert.deepEqual(sentTexts(), []);
      agreed.add('qwen3:8b');
      server.onChat(ndjson([line, { ...line, done: true }]));
      assert.equal(await chat('qwen3:8b'), 'done');
    });
  }

  it('M6: ask for the list again after a minute, as a name can mean another model then', async () => {
    const clock = new ManualClock();
    backend.dispose();
    backend = createOllamaProvider(undefined, undefined, clock);
    backend.connect(server.url);
    assert.equal(await chat('qwen3:8b'), 'done');
    server.models([{ name: 'qwen3:8b', remoteHost: 'https://ollama.com:443' }]);
    clock.advance(59_000);
    assert.equal(await chat('qwen3:8b'), 'done');
    clock.advance(1_000);
    assert.equal(await chat('qwen3:8b'), 'cloudConsent');
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
