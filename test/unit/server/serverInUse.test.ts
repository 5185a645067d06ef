import assert from 'node:assert/strict';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { json, respond } from '../../support/ollamaServer/scripts';
import { html, ServerFixture } from './serverFixture';

const openaiList = json({ object: 'list', data: [{ id: 'm', object: 'model' }] });

describe('the server in use', () => {
  const at = new ServerFixture();

  it('is Ollama, found with the first list, and asked for nothing else later', async () => {
    at.open();
    assert.equal(await at.chat(), 'Hello');
    assert.equal(at.backend.api, 'ollama');
    assert.deepEqual(
      at.server.requests.map(({ path }) => path),
      ['/api/tags', '/api/version', '/api/chat'],
    );
    at.server.forget();
    at.open();
    assert.equal(await at.chat(), 'Hello');
    assert.deepEqual(
      at.server.requests.map(({ path }) => path),
      ['/api/chat'],
    );
  });

  for (const path of ['', '/', '/v1', '/v1/', '/v1/chat/completions', '/v1/models']) {
    it(`speaks OpenAI's API at an address that ends with "${path}"`, async () => {
      at.server.kind('vllm');
      at.server.version('0.32.0');
      at.open(path);
      assert.equal(await at.chat(), 'Hello');
      assert.equal(at.backend.api, 'openai');
      assert.deepEqual(await at.names(), ['qwen3:8b']);
      assert.deepEqual([...new Set(at.server.requestsTo('/v1/chat/completions'))].length, 1);
      assert.deepEqual(await at.backend.contextOf('qwen3:8b'), {
        ...{ allocated: 8192, maximum: 8192, isFixed: true },
      });
      assert.deepEqual(await at.backend.identify(), {
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
      for (const [route, script] of Object.entries(routes)) at.server.on(route, script);
      at.server.on('/v1/models', openaiList);
      at.open();
      assert.deepEqual(await at.names(), api === 'openai' ? ['m'] : ['qwen3:8b']);
      assert.equal(at.backend.api, api);
    });
  }

  it('that lists models as LM Studio refuses paths, with status 200, is asked by the other API', async () => {
    at.server.kind('vllm');
    at.server.on('/api/tags', json({ error: 'Unexpected endpoint or method. (GET /api/tags)' }));
    at.open();
    assert.deepEqual(await at.names(), ['qwen3:8b']);
    assert.equal(at.backend.api, 'openai');
  });

  it('that wants a key says so, and is not taken for Ollama', async () => {
    at.server.kind('vllm');
    at.server.on('/v1/models', json({ error: 'Unauthorized' }, 401));
    at.open();
    assert.equal(await at.names(), 'unauthorized');
    assert.equal(await at.chat(), 'unauthorized');
    assert.equal(at.known.size, 0);
    assert.equal(at.server.requestsTo('/v1/chat/completions').length, 0);
  });

  for (const [what, script] of [
    ['a page', html],
    ['nothing', respond(404, {}, '')],
    ['numbers', json([1, 2])],
  ] as const) {
    it(`that has only ${what} for every path is no API, and gets no message`, async () => {
      for (const path of ['/api/tags', '/v1/models', '/models', '/api/models'])
        at.server.on(path, script);
      at.open();
      assert.equal(await at.names(), 'protocol');
      assert.equal(await at.chat(), 'protocol');
      assert.ok(!at.server.requests.some(({ method }) => method === 'POST'));
    });
  }

  it('of another kind than before is looked at again, in both directions', async () => {
    at.open();
    assert.deepEqual(await at.names(), ['qwen3:8b']);
    at.server.kind('vllm');
    assert.deepEqual(await at.names(), ['qwen3:8b']);
    assert.equal(at.backend.api, 'openai');
    assert.equal((await at.backend.contextOf('qwen3:8b')).isFixed, true);
    at.server.kind('current');
    assert.deepEqual(await at.names(), ['qwen3:8b']);
    assert.equal(at.backend.api, 'ollama');
    // What was known of the context is replaced.
    assert.equal((await at.backend.contextOf('qwen3:8b')).isFixed, false);
  });

  it('names the length of a cloud model, which it never lists as loaded (case 50)', async () => {
    const model_info = {
      'general.architecture': 'qwen3',
      'qwen3.context_length': 131_072,
    };
    at.server.on('/api/show', json({ remote_host: 'https://ollama.com:443', model_info }));
    at.open();
    const model = 'qwen3:480b-cloud';
    assert.deepEqual(await at.backend.contextOf(model), { isLoaded: false, isFixed: true });
    assert.deepEqual(at.server.requestsTo('/api/show'), [], 'the cloud is not asked unasked');
    await at.chat(model);
    const { allocated, maximum, isFixed } = await at.backend.contextOf(model);
    assert.deepEqual([allocated, maximum, isFixed], [undefined, 131_072, true]);
    await at.backend.contextOf(model);
    assert.equal(at.server.requestsTo('/api/show').length, 1);
  });

  it('is asked by the API that is set, and by no other', async () => {
    at.open('', 'openai');
    assert.equal(await at.names(), 'protocol');
    assert.ok(at.server.requests.every(({ path }) => !path.startsWith('/api/tags')));
    at.server.forget();
    at.open('', 'ollama');
    assert.deepEqual(await at.names(), ['qwen3:8b']);
    assert.deepEqual(
      at.server.requests.map(({ path }) => path),
      ['/api/tags'],
    );
  });

  it('explains by messages where there is no other way', async () => {
    at.server.kind('vllm');
    at.open();
    const prompt = { model: 'qwen3:8b', system: 'Be brief.', prompt: 'Why?', profile: {} };
    const { generate } = at.backend.bind();
    assert.ok(generate);
    assert.equal(await at.ask(generate(prompt, new AbortController().signal)), 'Hello');
    assert.deepEqual(at.server.requestsTo('/v1/chat/completions')[0]?.json?.['messages'], [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why?' },
    ]);
    assert.equal(at.backend.bind().generate, undefined);
  });

  it('has a window for each adapter, and none where it does not say', async () => {
    at.server.kind('vllm');
    at.server.on(
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
    at.open();
    assert.deepEqual(await at.names(), ['base', 'lora', '/models/odd name.gguf']);
    assert.equal((await at.backend.contextOf('lora')).allocated, 2048);
    assert.deepEqual(await at.backend.contextOf('/models/odd name.gguf'), { isFixed: true });
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
      at.server.kind('vllm');
      at.server.models(['m']);
      at.server.on('/v1/models', json({ data: [{ id: 'm', object: 'model', ...entry }] }));
      at.open();
      assert.equal((await at.backend.identify()).name, name);
      assert.equal((await at.backend.contextOf('m')).allocated, window);
      assert.equal(await at.chat('m'), 'Hello');
    });
  }

  it('no longer has a model that vanished, and says so of a message to it', async () => {
    at.server.kind('vllm');
    at.server.models(['qwen3:8b', 'other']);
    at.open();
    assert.deepEqual(await at.names(), ['qwen3:8b', 'other']);
    at.server.models(['other']);
    assert.equal(await at.chat(), 'modelMissing');
    assert.deepEqual(await at.names(), ['other']);
  });

  it('has the smaller window that it was started with again', async () => {
    at.server.kind('vllm');
    const windowOf = (tokens: number): ReturnType<typeof json> =>
      json({ data: [{ id: 'm', owned_by: 'vllm', max_model_len: tokens }] });
    at.server.on('/v1/models', windowOf(8192));
    at.open();
    await at.names();
    assert.equal((await at.backend.contextOf('m')).allocated, 8192);
    at.server.on('/v1/models', windowOf(1024));
    await at.names();
    assert.equal((await at.backend.contextOf('m')).allocated, 1024);
  });

  it('is the only one that gets a message, also when it redirects elsewhere', async () => {
    const other = await OllamaServer.start();
    try {
      at.server.kind('vllm');
      at.open();
      await at.names();
      for (const status of [307, 308]) {
        const location = `${other.url}/v1/chat/completions`;
        at.server.on('/v1/chat/completions', respond(status, { Location: location }, ''));
        assert.equal(await at.chat(), 'redirect');
      }
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  it('may send any number of comments before and between the words', async () => {
    at.server.kind('vllm');
    const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
    const words = ['Hel', 'lo'].map((content) => event({ choices: [{ delta: { content } }] }));
    const end = event({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    const comments = ': ping\n\n:\n\n'.repeat(20_000);
    const body = [comments, words[0], comments, words[1], comments, end].join('');
    at.server.on(
      '/v1/chat/completions',
      respond(200, { 'Content-Type': 'text/event-stream' }, body),
    );
    at.open();
    assert.equal(await at.chat(), 'Hello');
  });
});
