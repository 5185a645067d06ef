import assert from 'node:assert/strict';
import { readPs, readShow, readTags } from '../../../src/ollama/responses';
import { modelProfile } from '../../../src/ollama/modelProfile';
import { bodyBytes, loadRecording } from '../../support/ollamaServer/scripts';

function recorded(name: string): unknown {
  return JSON.parse(bodyBytes(loadRecording(name)).toString());
}

describe('modelProfile', () => {
  const tags = readTags(recorded('tags-three')).models;

  it('joins what tags, show and ps of a real server say', () => {
    const show = readShow(recorded('show'));
    const ps = readPs(recorded('ps-loaded')).models;
    assert.deepEqual(modelProfile('smollm2:135m', { show, tags, ps }), {
      name: 'smollm2:135m',
      capabilities: ['completion'],
      context: { trained: 8192, allocated: 4096 },
      sizeBytes: 98_362_720,
      loaded: { sizeBytes: 209_505_483, gpuBytes: 0 },
      family: 'llama',
      parameterSize: '134.52M',
      quantization: 'Q4_1',
      isCloud: false,
    });
  });

  it('does with any of them, and with none', () => {
    assert.equal(modelProfile('smollm2:135m', { tags }).context.trained, 8192);
    assert.equal(
      modelProfile('smollm2:135m', { ps: readPs(recorded('ps-loaded')).models }).quantization,
      'Q4_1',
    );
    assert.deepEqual(modelProfile('x', {}), { name: 'x', context: {}, isCloud: false });
  });

  it('finds the trained context under the architecture, else under any key that ends so', () => {
    const trained = (info: Record<string, unknown>, context_length?: number) =>
      modelProfile('x', { show: readShow({ model_info: info, details: { context_length } }) })
        .context.trained;
    assert.equal(
      trained({
        'general.architecture': 'qwen3',
        'clip.context_length': 77,
        'qwen3.context_length': 40960,
      }),
      40960,
    );
    assert.equal(trained({ 'general.architecture': 'qwen3', 'other.context_length': 2048 }), 2048);
    assert.equal(trained({ 'general.architecture': 7, 'x.context_length': 'big' }, 512), 512);
    assert.equal(trained({}), undefined);
  });

  it('finds the configured context among the parameters, in any order', () => {
    const configured = (parameters: string) =>
      modelProfile('x', { show: readShow({ parameters }) }).context.configured;
    assert.equal(
      configured('stop    "<|im_end|>"\nnum_ctx                        65536\ntemperature 1'),
      65536,
    );
    assert.equal(configured('stop    "num_ctx 5"'), undefined);
    assert.equal(configured('num_ctx 0'), undefined);
  });

  it('knows a cloud model by its name and by its host', () => {
    assert.equal(modelProfile('gpt-oss:120b-cloud', {}).isCloud, true);
    assert.equal(modelProfile('glm-5:cloud', {}).isCloud, true);
    assert.equal(modelProfile('cloudy:1b', {}).isCloud, false);
    assert.equal(
      modelProfile('x', { show: readShow({ remote_host: 'https://ollama.com:443' }) }).isCloud,
      true,
    );
  });

  it('finds a model with and without its tag, in any case', () => {
    const [first] = readTags({ models: [{ name: 'Qwen3:latest', size: 5 }] }).models;
    assert.ok(first);
    assert.equal(modelProfile('qwen3', { tags: [first] }).sizeBytes, 5);
    assert.equal(modelProfile('qwen3:8b', { tags: [first] }).sizeBytes, undefined);
    assert.equal(
      modelProfile('host:5000/library/qwen3', {
        tags: [{ ...first, name: 'host:5000/library/qwen3:latest' }],
      }).sizeBytes,
      5,
    );
  });
});
