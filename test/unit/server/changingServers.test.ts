import assert from 'node:assert/strict';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import type { Script } from '../../support/ollamaServer/exchange';
import { answer, fail, json, replay } from '../../support/ollamaServer/scripts';
import { ServerFixture } from './serverFixture';

const list = (...entries: readonly object[]): Script =>
  json({ object: 'list', data: entries.map((entry) => ({ object: 'model', ...entry })) });

describe('a server that changes', () => {
  const at = new ServerFixture();
  const chatRoute = '/v1/chat/completions';

  /** Where the server dies: with the first request to one of the routes that tell which program it is. */
  for (const [kind, last] of [
    ['vllm', '/v1/models'],
    ['vllm', '/models'],
    ['current', '/api/version'],
  ] as const) {
    it(`and dies when ${last} is asked (${kind}) is not running, and is found when it runs again`, async () => {
      const { port } = at.server;
      at.server.kind(kind);
      at.server.on('/v1/models', fail(404, 'Not Found'));
      at.server.on(last, (exchange) => {
        exchange.reset();
        void at.server.close();
      });
      at.open();
      assert.match(String(await at.names()), /^(?:unreachable|refused)$/u);
      assert.equal(await at.chat(), 'refused');
      assert.equal(at.known.size, 0);
      const again = await OllamaServer.start({ port });
      try {
        again.kind('vllm');
        again.models(['qwen3:8b']);
        again.onChat(answer(['Hello']));
        assert.deepEqual(await at.names(), ['qwen3:8b']);
        assert.equal(at.backend.api, 'openai');
        assert.equal(await at.chat(), 'Hello');
      } finally {
        await again.close();
      }
    });
  }

  it('from vLLM to SGLang gets its new name, and is asked only for what it has', async () => {
    at.server.kind('vllm');
    at.server.version('0.32.0');
    at.open();
    await at.names();
    assert.deepEqual(await at.backend.identify(), {
      ...{ api: 'openai', name: 'vLLM', version: '0.32.0' },
    });
    at.server.on('/v1/models', list({ id: 'qwen3:8b', owned_by: 'sglang', max_model_len: 4096 }));
    at.server.on('/version', fail(404, 'Not Found'));
    assert.equal(await at.chat(), 'Hello');
    assert.deepEqual(await at.names(), ['qwen3:8b']);
    assert.deepEqual(await at.backend.identify(), { api: 'openai', name: 'SGLang' });
    assert.equal((await at.backend.contextOf('qwen3:8b')).allocated, 4096);
    at.server.once(chatRoute, replay('openai/vllm-overflow'));
    at.server.forget();
    assert.equal(await at.chat(), 'contextOverflow');
    assert.equal(at.server.requestsTo('/tokenize').length, 0);
  });

  it('its address is asked for every optional field again', async () => {
    const other = await OllamaServer.start();
    try {
      for (const server of [at.server, other]) {
        server.kind('vllm');
        server.models(['qwen3:8b']);
        server.onChat(answer(['Hello']));
      }
      const sent = (server: OllamaServer): readonly boolean[] =>
        server.requestsTo(chatRoute).map(({ json: body = {} }) => 'stream_options' in body);
      const error = { message: 'Unrecognized request argument supplied: stream_options' };
      at.server.once(chatRoute, json({ error }, 400));
      at.open();
      for (let message = 0; message < 2; message++) assert.equal(await at.chat(), 'Hello');
      assert.deepEqual(sent(at.server), [true, false, false]);
      at.backend.connect(other.url, 'auto');
      assert.equal(await at.chat(), 'Hello');
      assert.deepEqual(sent(other), [true]);
      at.server.forget();
      at.open();
      assert.equal(await at.chat(), 'Hello');
      assert.deepEqual(sent(at.server), [true]);
    } finally {
      await other.close();
    }
  });

  it('is LocalAI by the file that names it, is asked for it once, and keeps its name', async () => {
    at.server.kind('vllm');
    at.server.on('/v1/models', list({ id: 'qwen3:8b' }));
    at.server.on('/.well-known/localai.json', json({ version: 'v3.9.0' }));
    at.server.version('v3.9.0');
    at.open();
    for (let round = 0; round < 3; round++) {
      await at.names();
      assert.deepEqual(await at.backend.identify(), {
        ...{ api: 'openai', name: 'LocalAI', version: 'v3.9.0' },
      });
    }
    assert.equal(at.server.requestsTo('/.well-known/localai.json').length, 1);
    assert.equal(await at.chat(), 'Hello');
    // Another program takes its place.
    at.server.on('/v1/models', list({ id: 'qwen3:8b', owned_by: 'vllm' }));
    await at.names();
    assert.equal((await at.backend.identify()).name, 'vLLM');
  });

  it('has no name where every path answers with an error, and is asked for that file once', async () => {
    at.server.kind('vllm');
    at.server.on('/v1/models', list({ id: 'qwen3:8b' }));
    at.server.on('/.well-known/localai.json', json({ error: 'Unexpected endpoint or method.' }));
    at.open();
    for (let round = 0; round < 3; round++) {
      await at.names();
      assert.deepEqual(await at.backend.identify(), { api: 'openai' });
    }
    assert.equal(at.server.requestsTo('/.well-known/localai.json').length, 1);
  });

  it('one LiteLLM has a window for each of its models, and none for one that it does not tell', async () => {
    at.server.kind('vllm');
    const litellm = { created: 1_677_610_602, owned_by: 'openai', mode: 'chat' };
    at.server.on(
      '/v1/models',
      list(
        { id: 'small', ...litellm, max_input_tokens: 1024 },
        { id: 'large', ...litellm, max_input_tokens: 131_072 },
        { id: 'untold', ...litellm },
      ),
    );
    at.open();
    assert.deepEqual(await at.names(), ['small', 'large', 'untold']);
    assert.equal((await at.backend.identify()).name, 'LiteLLM');
    const windows = ['small', 'large', 'untold'].map((model) => at.backend.contextOf(model));
    assert.deepEqual(
      (await Promise.all(windows)).map(({ allocated }) => allocated),
      [1024, 131_072, undefined],
    );
  });
});
