import assert from 'node:assert/strict';
import { answer, json, replay } from '../../support/ollamaServer/scripts';
import { html, ServerFixture } from './serverFixture';

describe('the server in use, by its list of models and its address', () => {
  const at = new ServerFixture();
  /** Lists as each program writes them (its source or documentation), or as it was recorded. */
  const one = (fields: object) =>
    json({ object: 'list', data: [{ id: 'm', object: 'model', ...fields }] });
  const lmStudio = json({ error: 'Unexpected endpoint or method.' });
  const programs = [
    ['vLLM', 'm', 1024, '', { '/v1/models': one({ owned_by: 'vllm', max_model_len: 1024 }) }],
    ['vLLM', 'smollm2:135m', 1024, '', { '/v1/models': replay('openai/vllm-models') }],
    ['llama.cpp', 'smollm2:135m', 1024, '', { '/v1/models': replay('openai/llamacpp-models') }],
    [
      'llama.cpp',
      'smollm2-a',
      undefined,
      '',
      { '/v1/models': replay('openai/router-models-unloaded') },
    ],
    ['LiteLLM', 'smol', 1024, '', { '/v1/models': replay('openai/litellm-models') }],
    [
      'llama-cpp-python',
      'smollm2:135m',
      undefined,
      '',
      { '/v1/models': replay('openai/llamacpppython-models') },
    ],
    [
      'SGLang',
      'm',
      4096,
      '',
      {
        '/v1/models': one({
          created: 1,
          owned_by: 'sglang',
          root: 'm',
          parent: null,
          max_model_len: 4096,
        }),
        '/api/tags': json({ models: [{ name: 'm', model: 'm' }] }),
      },
    ],
    [
      'Ray Serve',
      'm',
      2048,
      '',
      {
        '/v1/models': one({
          owned_by: 'organization-owner',
          permission: [],
          metadata: { model_id: 'm', input_modality: 'text', max_request_context_length: 2048 },
        }),
      },
    ],
    [
      'Ray Serve',
      'm',
      undefined,
      '',
      {
        '/v1/models': one({
          owned_by: 'organization-owner',
          metadata: { model_id: 'm', max_request_context_length: null },
        }),
      },
    ],
    [
      'Text Generation Inference',
      'm',
      undefined,
      '',
      { '/v1/models': one({ created: 0, owned_by: 'm' }) },
    ],
    [
      'OpenRouter',
      'm',
      131_072,
      '/api/v1',
      {
        '/api/v1/models': json({
          data: [
            {
              id: 'm',
              name: 'M',
              context_length: 131_072,
              pricing: { prompt: '0' },
              architecture: { input_modalities: ['text'] },
              top_provider: { context_length: 131_072 },
            },
          ],
        }),
      },
    ],
    [
      'LM Studio',
      'm',
      undefined,
      '',
      {
        '/v1/models': one({ owned_by: 'organization_owner' }),
        '/api/tags': lmStudio,
        '/api/version': lmStudio,
      },
    ],
    [
      'llama-swap',
      'm',
      8192,
      '',
      {
        '/v1/models': one({
          owned_by: 'llama-swap',
          status: { value: 'loaded' },
          context_length: 8192,
          capabilities: {},
        }),
        '/api/version': json({ version: '1', commit: 'a', build_date: 'b' }),
      },
    ],
    [
      undefined,
      'm',
      undefined,
      '',
      {
        '/api/models': one({ name: 'M' }),
        '/api/version': json({ version: '0.12.4', deployment_id: '' }),
        '/v1/models': html,
        '/models': html,
        '/api/tags': html,
      },
    ],
    [undefined, 'm', undefined, '', { '/v1/models': one({ created: 1_796_042_221 }) }],
    [undefined, 'm', undefined, '/llm', { '/llm/v1/models': one({ owned_by: 'me too' }) }],
    [undefined, 'm', undefined, '/llm', { '/llm/models': one({ owned_by: 'team' }) }],
  ] as const;
  for (const [index, [name, model, window, path, routes]] of programs.entries()) {
    const [route] = Object.keys(routes);
    it(`is ${name ?? 'an unknown program'} by its list of models (${index + 1}: ${route})`, async () => {
      at.server.kind('vllm');
      for (const [each, script] of Object.entries(routes)) at.server.on(each, script);
      // What is known of a program adds to what all can do: each of them is asked for an answer.
      const base = route?.replace(/\/models$/u, '') ?? '';
      at.server.on(`${base}/chat/completions`, answer(['Hello']));
      at.open(path);
      assert.ok((await at.names()).includes(model));
      assert.equal(at.backend.api, 'openai');
      assert.equal((await at.backend.identify()).name, name);
      assert.equal((await at.backend.contextOf(model)).allocated, window);
      assert.equal(await at.chat(model), 'Hello');
    });
  }

  const ollamaList = json({ object: 'list', data: [{ id: 'qwen3:8b', owned_by: 'library' }] });
  const pasted = [
    ...['', '/', '///', '/api', '/api/', '/api/chat', '/api/generate', '/api/tags', '/v1', '/v1/'],
    ...['/v1/chat/completions', '/v1/models'],
  ];
  const forms: readonly (readonly [what: string, write: (address: string) => string])[] = [
    ['', (address) => address],
    [' without a scheme', (address) => address.replace('http://', '')],
    [' with blanks around it', (address) => `  ${address}\t`],
    [' in quotes', (address) => `"${address}"`],
    [' in single quotes and blanks', (address) => ` '${address}' `],
    [' in capitals', (address) => address.replace('http:', 'HTTP:')],
  ];
  for (const path of pasted) {
    for (const [what, write] of forms) {
      it(`is Ollama at a pasted address that ends with "${path}"${what} (case 28)`, async () => {
        at.server.on('/v1/models', ollamaList);
        at.backend.connect(write(at.server.url + path), 'auto');
        assert.equal(await at.chat(), 'Hello');
        assert.equal(at.backend.api, 'ollama');
        assert.deepEqual(await at.names(), ['qwen3:8b']);
        assert.equal(at.server.requestsTo('/api/chat').length, 1);
        assert.equal(at.server.requestsTo('/v1/chat/completions').length, 0);
      });
    }
  }

  for (const path of ['/v1', '/api/chat']) {
    it(`is Ollama behind ${path} also when it lists no models there, when that is set, and from then on (case 28)`, async () => {
      for (const setting of ['auto', 'ollama', 'auto'] as const) {
        at.server.forget();
        at.open(path, setting);
        assert.equal(await at.chat(), 'Hello');
        assert.equal(at.backend.api, 'ollama');
        assert.equal(at.backend.origin, at.server.url + path);
      }
      assert.deepEqual(
        at.server.requests.map((request) => request.path),
        ['/api/chat'],
      );
    });
  }

  it('is Ollama behind a gateway whose own path ends like a route (case 28)', async () => {
    at.server.on('/team/api/api/tags', json({ models: [{ name: 'qwen3:8b' }] }));
    at.server.on('/team/api/api/version', json({ version: '0.33.0' }));
    at.server.on('/team/api/api/chat', answer(['Hello']));
    at.open('/team/api');
    assert.equal(await at.chat(), 'Hello');
    assert.equal(at.backend.api, 'ollama');
  });

  it('with a scheme of no server is refused in one sentence that shows the right form (case 28)', async () => {
    at.backend.connect(at.server.url.replace('http:', 'ollama:'), 'auto');
    assert.equal(await at.names(), 'invalidAddress');
    assert.equal(await at.chat(), 'invalidAddress');
    assert.equal(at.server.requests.length, 0);
  });
});
