import assert from 'node:assert/strict';
import type { ModelEvent, RequestProfile } from '../../../src/conversation/ports';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

/** What the scripted server counts as a load is what Ollama's scheduler does (server/sched.go `needsReload`). */
describe('one profile for every request to a model', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  const messages = [{ role: 'user', content: 'Hi' }] as const;
  const { signal } = new AbortController();
  const drain = async (events: AsyncIterable<ModelEvent>): Promise<void> => {
    for await (const event of events)
      if (event.type === 'end') assert.equal(event.end.kind, 'done');
  };

  beforeEach(async () => {
    server = await OllamaServer.start();
    server.models([{ name: 'm', capabilities: ['completion', 'thinking'] }, 'plain']);
    backend = createOllamaProvider();
    backend.connect(server.url);
  });
  afterEach(async () => {
    backend.dispose();
    await server.close();
  });

  it('loads the model once for chat, explain, continue and a load by hand', async () => {
    const profile: RequestProfile = { contextLength: 8192, keepAlive: '30m', think: true };
    await drain(backend.chat({ model: 'm', messages, profile }, signal));
    await drain(backend.generate({ model: 'm', prompt: 'Explain.', profile }, signal));
    await drain(backend.chat({ model: 'm', messages, profile, think: false }, signal));
    await backend.admin.load('m', profile);
    assert.deepEqual(server.loads, [{ model: 'm', contextLength: 8192 }]);
    const [loaded] = await backend.admin.loaded();
    assert.equal(loaded?.contextLength, 8192);
    const sent = [...server.requestsTo('/api/chat'), ...server.requestsTo('/api/generate')];
    assert.deepEqual(
      sent.map(({ json }) => [json?.['options'], json?.['keep_alive']]),
      sent.map(() => [{ num_ctx: 8192 }, '30m']),
    );
  });

  it('loads it a second time when its context is another one, and no third time', async () => {
    const ask = (contextLength: number): Promise<void> =>
      drain(backend.chat({ model: 'm', messages, profile: { contextLength } }, signal));
    await ask(4096);
    await backend.admin.load('m', { contextLength: 16_384 });
    await ask(16_384);
    await ask(16_384);
    assert.deepEqual(
      server.loads.map(({ contextLength }) => contextLength),
      [4096, 16_384],
    );
  });

  it('does not ask a model to think that is known not to', async () => {
    await backend.installed();
    const profile = { think: true };
    await drain(backend.chat({ model: 'plain', messages, profile }, signal));
    await drain(backend.chat({ model: 'm', messages, profile }, signal));
    assert.deepEqual(
      server.requestsTo('/api/chat').map(({ json }) => json?.['think']),
      [undefined, true],
    );
  });

  it('asks for less thinking, and for none, where only the refusal tells', async () => {
    await drain(backend.chat({ model: 'plain', messages, profile: { think: 'low' } }, signal));
    assert.deepEqual(
      server.requestsTo('/api/chat').map(({ json }) => json?.['think']),
      ['low', true, undefined],
    );
  });

  it('asks an Ollama 0.9, which knows no levels of thinking, to think, and remembers it', async () => {
    server.kind('0.9');
    await backend.installed();
    await drain(backend.chat({ model: 'm', messages, profile: { think: 'high' } }, signal));
    await drain(backend.generate({ model: 'm', prompt: 'Hi', profile: { think: 'high' } }, signal));
    for (const path of ['/api/chat', '/api/generate']) {
      const thinks = server.requestsTo(path).map(({ json }) => json?.['think']);
      assert.deepEqual(thinks, path === '/api/chat' ? ['high', true] : [true], path);
    }
  });

  it('sends the headers that are kept for the address, and none to another one', async () => {
    const other = await OllamaServer.start();
    const first = server.url;
    const headers = { Authorization: 'Bearer sesame', 'X-Team': 'blue' };
    const own = createOllamaProvider((origin) => Promise.resolve(origin === first ? headers : {}));
    try {
      own.connect(first);
      await own.installed();
      await drain(own.chat({ model: 'm', messages, profile: {} }, signal));
      own.connect(other.url);
      await own.installed();
      for (const request of server.requests) {
        assert.equal(request.headers['authorization'], 'Bearer sesame');
        assert.equal(request.headers['x-team'], 'blue');
      }
      for (const request of other.requests) {
        assert.equal(request.headers['authorization'], undefined);
        assert.equal(request.headers['x-team'], undefined);
      }
      assert.ok(server.requests.length >= 2 && other.requests.length === 1);
    } finally {
      own.dispose();
      await other.close();
    }
  });
});
