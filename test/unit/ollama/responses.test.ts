import assert from 'node:assert/strict';
import {
  readPs,
  readPullLine,
  readShow,
  readTags,
  readVersion,
} from '../../../src/ollama/responses';
import { ServerError } from '../../../src/http/serverError';
import { bodyBytes, loadRecording } from '../../support/ollamaServer/scripts';

function recorded(name: string): unknown {
  return JSON.parse(bodyBytes(loadRecording(name)).toString());
}

function throwsProtocol(read: () => unknown): void {
  assert.throws(
    read,
    (error: unknown) => error instanceof ServerError && error.kind === 'protocol',
  );
}

describe('answers that are not streamed', () => {
  it('read the response of a real server: tags', () => {
    const { models } = readTags(recorded('tags-three'));
    assert.deepEqual(
      models.map((model) => [model.name, model.capabilities]),
      [
        ['smollm2-think:135m', ['completion', 'tools', 'thinking']],
        ['smollm2-tools:135m', ['completion', 'tools']],
        ['smollm2:135m', ['completion']],
      ],
    );
    assert.deepEqual(models[2]?.details, {
      format: 'gguf',
      family: 'llama',
      parent_model: '',
      parameter_size: '134.52M',
      quantization_level: 'Q4_1',
      context_length: 8192,
    });
    assert.equal(models[2].size, 98_362_720);
  });

  it('read the response of a real server: ps', () => {
    assert.deepEqual(readPs(recorded('ps-empty')), { models: [] });
    const [loaded] = readPs(recorded('ps-loaded')).models;
    assert.equal(loaded?.name, 'smollm2:135m');
    assert.equal(loaded.context_length, 4096);
    assert.equal(loaded.size_vram, 0);
  });

  it('read the response of a real server: show, without its tensors', () => {
    const show = readShow(recorded('show'));
    assert.equal(show.model_info['llama.context_length'], 8192);
    assert.deepEqual(show.capabilities, ['completion']);
    assert.equal('tensors' in show, false);
  });

  it('read the response of a real server: version', () => {
    assert.equal(readVersion(recorded('version')), '0.0.0');
  });

  it('do with little: old servers and gateways leave out most', () => {
    assert.deepEqual(readTags({ models: null }), { models: [], notListed: 0 });
    assert.deepEqual(readTags({}), { models: [], notListed: 0 });
    assert.deepEqual(readTags({ models: [{ model: 'a' }] }), {
      models: [{ name: 'a', size: 0, details: {} }],
      notListed: 0,
    });
    assert.deepEqual(readPs({ models: [{ name: 'a', size: 'big', expires_at: 3 }] }), {
      models: [{ name: 'a', size: 0, size_vram: 0, details: {} }],
    });
    assert.deepEqual(readShow({}), { details: {}, model_info: {} });
    assert.deepEqual(readShow({ capabilities: ['tools', 7], model_info: [], details: 'x' }), {
      capabilities: ['tools'],
      details: {},
      model_info: {},
    });
    assert.deepEqual(readPullLine({ status: 'x', total: -1, completed: Number.NaN }), {
      status: 'x',
    });
  });

  it('refuse what is no answer of Ollama', () => {
    for (const wrong of [
      undefined,
      null,
      7,
      'text',
      [],
      { models: {} },
      { models: [7] },
      { models: [{}] },
    ]) {
      throwsProtocol(() => readTags(wrong));
      throwsProtocol(() => readPs(wrong));
    }
    for (const wrong of [null, [], 'x']) throwsProtocol(() => readShow(wrong));
    for (const wrong of [{}, { version: 7 }, { version: '' }])
      throwsProtocol(() => readVersion(wrong));
    for (const wrong of [[], {}, { status: 1 }]) throwsProtocol(() => readPullLine(wrong));
  });

  it('M2: are bounded in number and length, whatever a server lists', () => {
    const text = 'x'.repeat(100_000);
    const listed = { name: 'm', digest: text, details: { family: text }, capabilities: [text, 5] };
    const entries = [{ name: text }, ...Array.from({ length: 5_000 }, () => listed)];
    for (const read of [readTags, readPs]) {
      const { models } = read({ models: entries });
      assert.equal(models.length, 1_999);
      assert.ok(models.every(({ name, digest = '' }) => name === 'm' && digest.length === 1_000));
      assert.ok(models.every(({ details }) => details.family?.length === 1_000));
    }
    assert.equal(readTags({ models: entries }).notListed, 3_002);
    const [first] = readTags({
      models: [{ name: 'm', remote_host: text, capabilities: Array(5_000).fill(text) }],
    }).models;
    assert.deepEqual(
      [first?.capabilities?.length, first?.capabilities?.[0]?.length],
      [1_000, 1_000],
    );
    assert.equal(first?.remote_host?.length, 1_000, 'it stays known that it is remote');
    const info = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, at]));
    const layers = Array.from({ length: 80 }, () => 8);
    const show = readShow({
      license: 'x'.repeat(1_000_000),
      system: text,
      model_info: {
        'a.head_count_kv': layers,
        tokens: Array(100_000).fill('t'),
        deep: {},
        ...info,
      },
    });
    assert.equal(show.license?.length, 256 * 1024);
    assert.equal(show.system?.length, 100_000);
    assert.deepEqual(Object.keys(show.model_info).length, 998);
    assert.deepEqual(show.model_info['a.head_count_kv'], layers);
    assert.equal(readVersion({ version: text }).length, 1_000);
    assert.equal(readPullLine({ status: text, digest: text }).status.length, 1_000);
  });
});
