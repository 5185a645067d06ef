import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import {
  fullName,
  getForeignHost,
  isCloudName,
  parseModelArgument,
  parseModelName,
  sameModel,
} from '../../../src/ollama/modelName';
import { inRepo } from '../../support/folders';

const spellings = JSON.parse(
  readFileSync(inRepo('test/unit/ollama/modelNames.json'), 'utf8'),
) as readonly (readonly [string, string, string])[];

/** Read by Ollama as a model, but refused here: white space inside, or a scheme other than http and https. */
const isRefusedHere = (name: string): boolean =>
  /\s|\ufeff|\u0085/u.test(name.trim()) ||
  /[^ -~]/u.test(name.trim()) ||
  /^(?!https?:\/\/[^/])[^/]*:\/\//u.test(name);

describe('names of models', () => {
  it('H1: mean what Ollama’s own parser (commit fb30760) makes of each spelling, or are refused', () => {
    let refused = 0;
    for (const [name, source, full] of spellings) {
      const parsed = parseModelName(name);
      if (!parsed) {
        refused++;
        assert.ok(source === 'invalid' || isRefusedHere(name), `refuses ${JSON.stringify(name)}`);
        continue;
      }
      const { host, namespace, model, tag } = parsed;
      assert.equal(`${host}/${namespace}/${model}:${tag}`, full, name);
      assert.equal(parsed.source ?? 'unspecified', source, name);
    }
    assert.ok(spellings.length >= 160 && refused > 60 && refused < spellings.length - 60);
  });

  it('H1: are never local where Ollama reads the cloud, whatever is put around the last colon', () => {
    const filler = fc.constantFrom(
      '',
      ' ',
      '\t',
      '\n',
      '\u00a0',
      '\u0085',
      '\ufeff',
      '\u200b',
      ':',
    );
    const suffix = fc.constantFrom(':cloud', ':CLOUD', '-cloud', ':Cloud', '-CLOUD', ': cloud');
    const base = fc.constantFrom(
      'a',
      'a:b',
      'library/a:8b',
      'h.co/n/a',
      'https://h/n/a:t',
      'a:local',
    );
    fc.assert(
      fc.property(base, filler, suffix, filler, (start, before, end, after) => {
        const name = `${start}${before}${end}${after}`;
        const last = name.trim().split(':').at(-1)?.trim().toLowerCase() ?? '';
        const isCloud = name.includes(':') && (last === 'cloud' || last.endsWith('-cloud'));
        const parsed = parseModelName(name);
        if (isCloud && parsed && !last.includes('/')) assert.equal(parsed.source, 'cloud', name);
      }),
      { seed: 20, numRuns: 2_000 },
    );
  });

  it('accepts any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (name) => {
        const parsed = parseModelName(name);
        assert.equal(fullName(fullName(name)), fullName(name));
        assert.equal(isCloudName(name), parsed?.source === 'cloud');
      }),
      { seed: 20 },
    );
  });

  it('are equal for all spellings of one model, and only for those', () => {
    const groups = [
      ['innocent', 'INNOCENT:latest', 'library/innocent', 'registry.ollama.ai/library/innocent'],
      [
        'gpt-oss:120b-cloud',
        'gpt-oss:120B:cloud',
        'https://registry.ollama.ai/library/gpt-oss:120b:cloud',
      ],
      ['gpt-oss:cloud', 'gpt-oss:latest-cloud', 'library/GPT-OSS:Cloud'],
      ['hf.co/a/b:Q4', 'HF.co/a/B:q4', 'https://hf.co/a/b:Q4'],
      ['x:local', 'x:latest:local'],
      ['other.host/library/innocent'],
      ['innocent/innocent'],
    ];
    const names = groups.flatMap((group, index) => group.map((name) => ({ name, index })));
    for (const one of names) {
      for (const other of names) {
        const isSame = one.index === other.index;
        assert.equal(sameModel(one.name, other.name), isSame, `${one.name}, ${other.name}`);
      }
    }
    assert.equal(fullName('registry.ollama.ai/library/Qwen3'), 'qwen3:latest');
    assert.equal(fullName('hf.co/library/a'), 'hf.co/library/a:latest');
  });

  it('L9: tell the host that a model is pulled from', () => {
    assert.equal(getForeignHost('evil.example/x/y'), 'evil.example');
    assert.equal(getForeignHost('https://Evil.example:8443/x/y:t'), 'evil.example:8443');
    assert.equal(getForeignHost('x/y'), undefined);
    assert.equal(getForeignHost('registry.ollama.ai/library/y'), undefined);
  });

  it('L3: of commands are names that Ollama accepts, and nothing else', () => {
    assert.equal(parseModelArgument(' qwen3:8b\n'), 'qwen3:8b');
    assert.equal(parseModelArgument({ model: 'hf.co/a/b' }), 'hf.co/a/b');
    const refused = [
      'Nothing leaves this machine.\n\nPress the button…\n\n(:cloud',
      '',
      'a b',
      '../a',
    ];
    for (const value of [...refused, undefined, 1, { model: 'a b' }, { name: 'a' }, ['a']]) {
      assert.equal(parseModelArgument(value), undefined, JSON.stringify(value));
    }
  });
});
