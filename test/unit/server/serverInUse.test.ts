import assert from 'node:assert/strict';
import { getFailure, type ModelEvent } from '../../../src/conversation/ports';
import { type KnownServer, ServerInUse } from '../../../src/server/serverInUse';
import type { ServerSetting } from '../../../src/server/serverChoice';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { answer, json, respond } from '../../support/ollamaServer/scripts';

const access = { headersFor: () => Promise.resolve({}), logExcerpt: () => undefined };
const html = respond(200, { 'Content-Type': 'text/html' }, '<!doctype html><title>Login</title>');
const openaiList = json({ object: 'list', data: [{ id: 'm', object: 'model' }] });

describe('the server in use', () => {
  let server: OllamaServer;
  let backend: ServerInUse;
  const known = new Map<string, KnownServer>();

  function open(path = '', setting: ServerSetting = 'auto'): void {
    backend.connect(server.url + path, setting);
  }
  async function names(): Promise<readonly string[] | string> {
    try {
      return (await backend.installed()).map(({ name }) => name);
    } catch (error) {
      return getFailure(error)?.kind ?? String(error);
    }
  }
  async function ask(events: AsyncIterable<ModelEvent>): Promise<string> {
    let text = '';
    for await (const event of events) {
      if (event.type === 'delta') text += event.answer;
      if (event.type === 'end' && event.end.kind !== 'done') {
        return 'failure' in event.end ? event.end.failure.kind : event.end.kind;
      }
    }
    return text;
  }
  const chat = (model = 'qwen3:8b'): Promise<string> =>
    ask(
      backend
        .bind()
        .chat(
          { model, messages: [{ role: 'user', content: 'Hi' }], profile: {} },
          new AbortController().signal,
        ),
    );

  beforeEach(async () => {
    server = await OllamaServer.start();
    server.models(['qwen3:8b']);
    server.onChat(answer(['Hello']));
    known.clear();
    backend = new ServerInUse(access, {
      get: (origin) => known.get(origin),
      set: (origin, it) => (it ? known.set(origin, it) : known.delete(origin)),
    });
  });
  afterEach(async () => {
    backend.dispose();
    await server.close();
  });

  it('is Ollama, found with the first list, and asked for nothing else later', async () => {
    open();
    assert.equal(await chat(), 'Hello');
    assert.equal(backend.api, 'ollama');
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/api/tags', '/api/version', '/api/chat'],
    );
    server.forget();
    open();
    assert.equal(await chat(), 'Hello');
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/api/chat'],
    );
  });

  for (const path of ['', '/', '/v1', '/v1/', '/v1/chat/completions', '/v1/models']) {
    it(`speaks OpenAI's API at an address that ends with "${path}"`, async () => {
      server.kind('vllm');
      server.version('0.32.0');
      open(path);
      assert.equal(await chat(), 'Hello');
      assert.equal(backend.api, 'openai');
      assert.deepEqual(await names(), ['qwen3:8b']);
      assert.deepEqual([...new Set(server.requestsTo('/v1/chat/completions'))].length, 1);
      assert.deepEqual(await backend.contextOf('qwen3:8b'), {
        ...{ allocated: 8192, maximum: 8192, isFixed: true },
      });
      assert.deepEqual(await backend.identify(), {
        ...{ api: 'openai', name: 'vLLM', version: '0.32.0' },
      });
    });
  }

  const friends = [
    ['Open WebUI', { '/api/version': json({ version: '0.12.4', deployment_id: '' }) }, 'openai'],
    [
      'llama-swap',
      { '/api/version': json({ version: '1', commit: 'a', build_date: 'b' }) },
      'openai',
    ],
    ['LM Studio', { '/api/version': json({ error: 'Unexpected endpoint or method.' }) }, 'openai'],
    ['a page for every path', { '/api/version': html }, 'openai'],
    [
      'LocalAI',
      { '/api/version': json({ version: '0.9.0' }), '/.well-known/localai.json': json({ a: 1 }) },
      'openai',
    ],
    ['an Ollama 0.9.0', { '/api/version': json({ version: '0.9.0' }) }, 'ollama'],
  ] as const;
  for (const [name, routes, api] of friends) {
    it(`that is ${name} is known as ${api} though it lists models under Ollama's path`, async () => {
      for (const [route, script] of Object.entries(routes)) server.on(route, script);
      server.on('/v1/models', openaiList);
      open();
      assert.deepEqual(await names(), api === 'openai' ? ['m'] : ['qwen3:8b']);
      assert.equal(backend.api, api);
    });
  }

  it('that lists models as LM Studio refuses paths, with status 200, is asked by the other API', async () => {
    server.kind('vllm');
    server.on('/api/tags', json({ error: 'Unexpected endpoint or method. (GET /api/tags)' }));
    open();
    assert.deepEqual(await names(), ['qwen3:8b']);
    assert.equal(backend.api, 'openai');
  });

  it('that wants a key says so, and is not taken for Ollama', async () => {
    server.kind('vllm');
    server.on('/v1/models', json({ error: 'Unauthorized' }, 401));
    open();
    assert.equal(await names(), 'unauthorized');
    assert.equal(await chat(), 'unauthorized');
    assert.equal(known.size, 0);
    assert.equal(server.requestsTo('/v1/chat/completions').length, 0);
  });

  for (const [what, script] of [
    ['a page', html],
    ['nothing', respond(404, {}, '')],
    ['numbers', json([1, 2])],
  ] as const) {
    it(`that has only ${what} for every path is no API, and gets no message`, async () => {
      for (const path of ['/api/tags', '/v1/models', '/models', '/api/models'])
        server.on(path, script);
      open();
      assert.equal(await names(), 'protocol');
      assert.equal(await chat(), 'protocol');
      assert.ok(!server.requests.some(({ method }) => method === 'POST'));
    });
  }

  it('of another kind than before is looked at again, in both directions', async () => {
    open();
    assert.deepEqual(await names(), ['qwen3:8b']);
    server.kind('vllm');
    assert.deepEqual(await names(), ['qwen3:8b']);
    assert.equal(backend.api, 'openai');
    assert.equal((await backend.contextOf('qwen3:8b')).isFixed, true);
    server.kind('current');
    assert.deepEqual(await names(), ['qwen3:8b']);
    assert.equal(backend.api, 'ollama');
    // What was known of the context is replaced.
    assert.equal((await backend.contextOf('qwen3:8b')).isFixed, false);
  });

  it('is asked by the API that is set, and by no other', async () => {
    open('', 'openai');
    assert.equal(await names(), 'protocol');
    assert.ok(server.requests.every(({ path }) => !path.startsWith('/api/tags')));
    server.forget();
    open('', 'ollama');
    assert.deepEqual(await names(), ['qwen3:8b']);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/api/tags'],
    );
  });

  it('explains by messages where there is no other way', async () => {
    server.kind('vllm');
    open();
    const prompt = { model: 'qwen3:8b', system: 'Be brief.', prompt: 'Why?', profile: {} };
    const { generate } = backend.bind();
    assert.ok(generate);
    assert.equal(await ask(generate(prompt, new AbortController().signal)), 'Hello');
    assert.deepEqual(server.requestsTo('/v1/chat/completions')[0]?.json?.['messages'], [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why?' },
    ]);
    assert.equal(backend.bind().generate, undefined);
  });

  it('has a window for each adapter, and none where it does not say', async () => {
    server.kind('vllm');
    server.on(
      '/v1/models',
      json({
        data: [
          { id: 'base', owned_by: 'vllm', max_model_len: 2048 },
          { id: 'lora', owned_by: 'vllm', parent: 'base', max_model_len: null },
          { id: '/models/odd name.gguf', max_model_len: -5 },
          { id: 7 },
          'x',
          { max_model_len: 5 },
        ],
      }),
    );
    open();
    assert.deepEqual(await names(), ['base', 'lora', '/models/odd name.gguf']);
    assert.equal((await backend.contextOf('lora')).allocated, 2048);
    assert.deepEqual(await backend.contextOf('/models/odd name.gguf'), { isFixed: true });
  });

  // Composed from the sources of the programs, which were not recorded.
  const programs = [
    ['SGLang', { owned_by: 'sglang', max_model_len: 4096 }, 4096],
    ['LiteLLM', { owned_by: 'openai', created: 1_677_610_602, max_input_tokens: 1024 }, 1024],
    [
      'Ray Serve',
      {
        owned_by: 'organization-owner',
        metadata: { model_id: 'm', max_request_context_length: 2048 },
      },
      2048,
    ],
    ['Text Generation Inference', { owned_by: 'm', created: 0 }, undefined],
    ['LM Studio', { owned_by: 'organization_owner' }, undefined],
    ['OpenRouter', { context_length: 131_072, pricing: { prompt: '0' } }, 131_072],
    [undefined, {}, undefined],
  ] as const;
  for (const [name, entry, window] of programs) {
    it(`that is ${name ?? 'unknown'} is named, and has the window that it tells`, async () => {
      server.kind('vllm');
      server.models(['m']);
      server.on('/v1/models', json({ data: [{ id: 'm', object: 'model', ...entry }] }));
      open();
      assert.equal((await backend.identify()).name, name);
      assert.equal((await backend.contextOf('m')).allocated, window);
      assert.equal(await chat('m'), 'Hello');
    });
  }

  it('no longer has a model that vanished, and says so of a message to it', async () => {
    server.kind('vllm');
    server.models(['qwen3:8b', 'other']);
    open();
    assert.deepEqual(await names(), ['qwen3:8b', 'other']);
    server.models(['other']);
    assert.equal(await chat(), 'modelMissing');
    assert.deepEqual(await names(), ['other']);
  });

  it('has the smaller window that it was started with again', async () => {
    server.kind('vllm');
    const windowOf = (tokens: number): ReturnType<typeof json> =>
      json({ data: [{ id: 'm', owned_by: 'vllm', max_model_len: tokens }] });
    server.on('/v1/models', windowOf(8192));
    open();
    await names();
    assert.equal((await backend.contextOf('m')).allocated, 8192);
    server.on('/v1/models', windowOf(1024));
    await names();
    assert.equal((await backend.contextOf('m')).allocated, 1024);
  });

  it('is the only one that gets a message, also when it redirects elsewhere', async () => {
    const other = await OllamaServer.start();
    try {
      server.kind('vllm');
      open();
      await names();
      for (const status of [307, 308]) {
        const location = `${other.url}/v1/chat/completions`;
        server.on('/v1/chat/completions', respond(status, { Location: location }, ''));
        assert.equal(await chat(), 'redirect');
      }
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  it('may send any number of comments before and between the words', async () => {
    server.kind('vllm');
    const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
    const words = ['Hel', 'lo'].map((content) => event({ choices: [{ delta: { content } }] }));
    const end = event({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    const comments = ': ping\n\n:\n\n'.repeat(20_000);
    const body = [comments, words[0], comments, words[1], comments, end].join('');
    server.on('/v1/chat/completions', respond(200, { 'Content-Type': 'text/event-stream' }, body));
    open();
    assert.equal(await chat(), 'Hello');
  });
});
