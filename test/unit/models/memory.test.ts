import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { contextInForce, estimateMemory, getFit } from '../../../src/conversation/memoryEstimate';
import { getSuggestions } from '../../../src/models/modelFacts';
import { parseModelArgument } from '../../../src/ollama/modelName';
import { cacheBytesPerToken } from '../../../src/ollama/modelProfile';
import { LastUsed } from '../../../src/server/modelMemory';
import { MemoryMemento } from '../storage/storeFixture';

const llama = {
  'general.architecture': 'llama',
  'llama.block_count': 32,
  'llama.embedding_length': 4096,
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
};

describe('what a model takes in memory', () => {
  const perToken = (model_info: Readonly<Record<string, unknown>>): number | undefined =>
    cacheBytesPerToken({ details: {}, model_info });

  it('is 128 KiB for each token of an 8B Llama: 32 layers, 8 heads, 128 wide, two bytes, key and value', () => {
    assert.equal(perToken(llama), 32 * 8 * (128 + 128) * 2);
  });

  it('takes the widths that the model itself gives, and the heads of each layer', () => {
    const wide = { ...llama, 'llama.attention.key_length': 64, 'llama.attention.value_length': 64 };
    assert.equal(perToken(wide), 32 * 8 * 128 * 2);
    assert.equal(perToken({ ...llama, 'llama.attention.head_count_kv': [8, 0, 2] }), 10 * 256 * 2);
  });

  for (const [what, info] of [
    ['nothing', {}],
    ['no layers', { 'general.architecture': 'llama', 'llama.attention.head_count': 8 }],
    ['words for numbers', { ...llama, 'llama.block_count': 'many' }],
  ] as const) {
    it(`is unknown for a model that says ${what}`, () => assert.equal(perToken(info), undefined));
  }

  it('grows with the context, but not past what the model was trained for', () => {
    const card = { bytesPerToken: 1000, trainedContext: 8192 };
    const at = (length: number): number => estimateMemory(1e9, card, length).bytes;
    assert.equal(at(8192) - at(4096), 4_096_000);
    assert.equal(at(1e6), at(8192));
    assert.equal(estimateMemory(1e9, undefined, 1e6).countsContext, false);
  });

  it('is about what a real server used for a small model, and no more than its weights need for a large one', () => {
    // smollm2:135m, as recorded: 98 MB on disk, 211 MB in use at 4,096 tokens.
    const small = { bytesPerToken: 30 * 3 * (64 + 64) * 2, trainedContext: 8192 };
    const { bytes } = estimateMemory(98_362_720, small, 4096);
    assert.ok(Math.abs(bytes - 210_690_374) < 0.05 * bytes, String(bytes));
    assert.equal(estimateMemory(40e9, undefined, 4096).bytes, 40.4e9);
  });

  it('fits, is tight, or is too much', () => {
    const need = (bytes: number): ReturnType<typeof estimateMemory> => ({
      bytes,
      countsContext: true,
    });
    assert.deepEqual(
      [7e9, 8e9, 8.1e9, 10e9, 10.1e9].map((bytes) => getFit(need(bytes), 10e9)),
      ['fits', 'fits', 'tight', 'tight', 'tooLarge'],
    );
  });

  it('counts the context that is set, else the model’s own, else the server’s', () => {
    assert.equal(contextInForce(2048, { configuredContext: 8192 }), 2048);
    assert.equal(contextInForce(undefined, { configuredContext: 8192 }), 8192);
    assert.equal(contextInForce(undefined, {}), 4096);
  });
});

describe('suggestions for a machine', () => {
  for (const [memory, hasGpu, first] of [
    [4e9, true, 'llama3.2:3b'],
    [16e9, true, 'qwen3:14b'],
    [16e9, false, 'qwen3:8b'],
    [32e9, true, 'qwen3-coder:30b'],
    [32e9, undefined, 'qwen3:8b'],
    [128e9, true, 'gpt-oss:120b'],
    [128e9, false, 'qwen3:8b'],
    [undefined, undefined, 'qwen3:8b'],
  ] as const) {
    it(`with ${memory} bytes and GPU ${hasGpu} begin with ${first}`, () => {
      const [best, ...rest] = getSuggestions({ memoryBytes: memory, hasGpu });
      assert.equal(best?.name, first);
      for (const { size } of rest) assert.ok(size <= (memory ?? Infinity) * 0.6);
    });
  }

  it('offer what is slow without a GPU last', () => {
    const sizes = getSuggestions({ memoryBytes: 32e9, hasGpu: false }).map(({ size }) => size);
    const firstSlow = sizes.findIndex((size) => size > 5.5e9);
    assert.equal(firstSlow, 5);
    assert.ok(sizes.slice(firstSlow).every((size) => size > 5.5e9));
  });

  it('are never empty', () => {
    assert.deepEqual(getSuggestions({ memoryBytes: 1e8, hasGpu: true }).length, 1);
    assert.ok(getSuggestions({ memoryBytes: undefined, hasGpu: undefined }).length > 3);
  });
});

describe('the model that a command is for', () => {
  for (const name of [
    ...['qwen3:8b', 'hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M', 'me/mine'],
    ...['registry.local:5000/team/model:v1.2', 'gpt-oss:120b-cloud', 'smollm2'],
  ]) {
    it(`can be ${name}`, () => {
      assert.equal(parseModelArgument(name), name);
      assert.equal(parseModelArgument({ model: ` ${name} ` }), name);
    });
  }

  for (const value of [
    '',
    '../x',
    'a b',
    'a;b',
    '$(x)',
    7,
    null,
    undefined,
    {},
    { model: 7 },
    'x'.repeat(400),
  ]) {
    it(`cannot be ${inspect(value).slice(0, 30)}`, () =>
      assert.equal(parseModelArgument(value), undefined));
  }
});

describe('when models were last used', () => {
  it('is remembered for the fifty newest', async () => {
    const used = new LastUsed(new MemoryMemento());
    for (let index = 0; index < 60; index++) await used.note(`m${index}`, index);
    assert.equal(used.of('m59'), 59);
    assert.equal(used.of('m10'), 10);
    assert.equal(used.of('m9'), undefined);
  });
});
