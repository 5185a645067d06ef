import assert from 'node:assert/strict';
import * as v from 'valibot';
import { explainSettings } from '../../../src/explain/explainDialogue';
import {
  chatSettings,
  settingDescriptors,
  type Settings,
} from '../../../src/settings/settingDescriptors';
import { costsMore } from '../../../src/settings/settingScope';
import { defaultSettings } from '../../support/settingsDocs';

const plain: Settings = {
  ...defaultSettings,
  model: 'qwen3:8b',
  systemPrompt: ' Be brief. ',
  prompts: {},
};

describe('what a request says of its model', () => {
  it('is an automatic context length where nothing is set: the server and the model decide the rest', () => {
    assert.deepEqual(chatSettings(plain), {
      model: 'qwen3:8b',
      systemPrompt: 'Be brief.',
      profile: { automatic: 'raise' },
    });
  });

  it('is the same for chat, explain and another answer of the same model', () => {
    const settings: Settings = {
      ...plain,
      contextLength: 8192,
      keepAlive: '30m',
      models: { 'llama3.2': { contextLength: 4096, keepAlive: -1 } },
      'explain.model': 'llama3.2:latest',
    };
    const explained = explainSettings(settings);
    assert.deepEqual(explained.profile, { contextLength: 4096, keepAlive: -1 });
    assert.deepEqual(chatSettings(settings, 'LLAMA3.2').profile, explained.profile);
    assert.deepEqual(chatSettings(settings).profile, { contextLength: 8192, keepAlive: '30m' });
  });

  it('lets null in a model’s own values leave it to the server', () => {
    const settings = { ...plain, contextLength: 8192, models: { m: { contextLength: null } } };
    assert.deepEqual(chatSettings(settings, 'm').profile, {});
  });

  it('turns the words for thinking into the server’s', () => {
    const think = (thinking: Settings['thinking']): unknown =>
      chatSettings({ ...plain, thinking }).profile.think;
    assert.deepEqual((['auto', 'on', 'off', 'low', 'medium', 'high'] as const).map(think), [
      undefined,
      true,
      false,
      'low',
      'medium',
      'high',
    ]);
  });

  it('is explained by the chat’s model while no other one is set', () => {
    assert.equal(explainSettings(plain).model, 'qwen3:8b');
    assert.equal(explainSettings({ ...plain, 'explain.model': 'qwen3:4b' }).model, 'qwen3:4b');
  });

  it('passes further options on as they are', () => {
    const options = { top_p: 0.9, stop: ['END'] };
    assert.deepEqual(chatSettings({ ...plain, options }).profile, { automatic: 'raise', options });
  });
});

describe('values of cria.keepAlive, as people write them (case 47)', () => {
  for (const [written, sent] of [
    ['-1', -1],
    ['300', 300],
    [' 10m ', '10m'],
    ['1h30m', '1h30m'],
    ['', null],
    ['  ', null],
    [0, 0],
    [null, null],
  ] as const) {
    it(`take ${JSON.stringify(written)}`, () => {
      assert.equal(v.parse(settingDescriptors.keepAlive.schema, written), sent);
    });
  }
  for (const written of ['30分钟', '5 minutes', 'forever', '1h 30m', '10M', true] as const) {
    it(`refuse ${JSON.stringify(written)}`, () => {
      assert.equal(v.is(settingDescriptors.keepAlive.schema, written), false);
    });
  }
});

describe('values of cria.models', () => {
  for (const [what, value, isGood] of [
    [
      'all four',
      { m: { contextLength: 512, temperature: 1, thinking: 'off', keepAlive: '5m' } },
      true,
    ],
    ['a name nobody knows', { m: { contextLenght: 512 } }, false],
    ['a context that is none', { m: { contextLength: 1.5 } }, false],
    ['a list', ['m'], false],
  ] as const) {
    it(`${isGood ? 'take' : 'refuse'} ${what}`, () => {
      assert.equal(v.is(settingDescriptors.models.schema, value), isGood);
    });
  }
});

describe('what takes more memory than the person’s own value', () => {
  for (const [key, value, own, expected] of [
    ['contextLength', 8192, 4096, true],
    ['contextLength', 4096, 4096, false],
    ['contextLength', 4096, null, false],
    ['contextLength', 4097, null, true],
    ['contextLength', null, 4096, false],
    ['keepAlive', '1h', '30m', true],
    ['keepAlive', '1h30m', 5400, false],
    ['keepAlive', -1, '24h', true],
    ['keepAlive', '-1s', -1, false],
    ['keepAlive', '300', null, false],
    ['keepAlive', '301', null, true],
    ['keepAlive', 0, null, false],
    ['keepAlive', null, 0, false],
    ['keepAlive', 'nonsense', null, false],
    ['temperature', 2, 0, false],
  ] as const) {
    it(`${key} ${String(value)} with ${String(own)}: ${expected ? 'ask' : 'use'}`, () => {
      assert.equal(costsMore(key, value, own), expected);
    });
  }
});
