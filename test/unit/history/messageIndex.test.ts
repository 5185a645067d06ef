import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  createSnippet,
  findWord,
  MessageIndex,
  normalizeWord,
  splitWords,
} from '../../../src/history/historySearch';
import type { Turn, UserTurn } from '../../../src/shared/turn';
import { attachments } from '../../support/attachments';

const turn = (id: string, text: string): UserTurn => ({
  role: 'user',
  id,
  parent: null,
  createdAt: 0,
  text,
});

function take(index: MessageIndex, conversationId: string, turns: readonly Turn[]): void {
  for (const step of index.update(conversationId, turns)) assert.equal(step, undefined);
}

describe('the words of messages', () => {
  const index = new MessageIndex();
  before(() => {
    take(index, 'a', [turn('a1', 'Why does `debounceTimer` wait?'), turn('a2', 'Grüße, Straße!')]);
    take(index, 'b', [turn('b1', '速いキャッシュを説明して'), turn('b2', 'a.snake_case_name(x)')]);
    take(index, 'c', [turn('c1', `${'long '.repeat(10_000)}needle at the end`)]);
  });

  const found = (query: string): string[] => index.find(query).map(({ turnId }) => turnId);

  const cases: readonly (readonly [query: string, turns: readonly string[]])[] = [
    ['debouncetimer', ['a1']],
    ['deb', ['a1']],
    ['wait why', ['a1']],
    ['wait nothing', []],
    ['GRUSSE', []],
    ['grüße', ['a2']],
    ['gruß', ['a2']],
    ['キャッシュ', ['b1']],
    ['説明', ['b1']],
    ['snake', ['b2']],
    ['case_name', ['b2']],
    ['needle', ['c1']],
    ['debuoncetimer', ['a1']],
    ['?!', []],
  ];
  for (const [query, turns] of cases) {
    it(`are found by "${query}": ${turns.join() || 'nothing'}`, () => {
      assert.deepEqual(found(query), turns);
    });
  }

  it('give the best message of each conversation, once', () => {
    const many = new MessageIndex();
    take(many, 'x', [turn('x1', 'stream'), turn('x2', 'a stream is a stream of bytes')]);
    take(many, 'y', [turn('y1', 'no stream here but a river of words and words and words')]);
    assert.deepEqual(
      many.find('stream').map(({ conversationId }) => conversationId),
      ['x', 'y'],
    );
  });

  it('are also those of attachments: the name, the folder and the text, ranked after messages', () => {
    const attached = new MessageIndex();
    const text = `// how to back off\n${'x = 1;\n'.repeat(4_000)}const canary = 1;`;
    const file = { ...attachments.file, label: 'retry.ts', path: 'src/ollama/retry.ts', text };
    take(attached, 'x', [{ ...turn('x1', 'Why twice?'), attachments: [file] }]);
    take(attached, 'y', [turn('y1', 'How is it that the pump has to back off again and again?')]);
    const of = (query: string): unknown[] =>
      attached.find(query).map(({ turnId, attachment: name }) => [turnId, name]);
    for (const query of ['retry.ts', 'ollama', 'canary', 'twice']) {
      assert.deepEqual(of(query), [['x1', query === 'twice' ? undefined : 'retry.ts']], query);
    }
    assert.deepEqual(
      of('back off'),
      [
        ['y1', undefined],
        ['x1', 'retry.ts'],
      ],
      'what was said comes first',
    );
    const [hit] = attached.find('canary');
    assert.equal(hit && createSnippet(hit, 'canary').found, 'canary');
    attached.remove('x');
    assert.deepEqual(of('canary'), []);
  });

  it('are those of the last update, and gone after a removal', () => {
    const changing = new MessageIndex();
    take(changing, 'x', [turn('x1', 'first'), turn('x2', 'canary')]);
    take(changing, 'x', [turn('x1', 'first'), turn('x3', 'second')]);
    assert.deepEqual(changing.find('canary'), []);
    assert.equal(changing.find('second').length, 1);
    assert.equal(changing.wordCount, 2);
    changing.remove('x');
    assert.deepEqual(changing.find('first'), []);
    assert.equal(changing.wordCount, 0);
  });
});

describe('the place in a message', () => {
  const hit = (text: string, words: readonly string[]) => ({
    ...{ conversationId: 'c', turnId: 't', role: 'user' as const },
    ...{ text, words },
  });

  it('is where the query is found as typed, or else one of its words', () => {
    const text = `${'before '.repeat(20)}the tail\nof the stream${' after'.repeat(60)}`;
    assert.equal(createSnippet(hit(text, ['tail', 'of']), 'Tail  of').found, 'tail\nof');
    assert.equal(createSnippet(hit(text, ['stream', 'tail']), 'stream tail').found, 'tail');
    const { line } = createSnippet(hit(text, ['tail']), 'tail');
    assert.match(line, /^…before .*the tail of the stream after.*…$/u);
    assert.ok(line.length < 220);
  });

  it('is found with its accents', () => {
    assert.equal(createSnippet(hit('Viele Grüße!', ['gruße']), 'gruss').found, 'Grüße');
  });

  it('is one of the words of the text, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(), (text, pick) => {
        const words = splitWords(text);
        const word = words[pick % Math.max(1, words.length)];
        if (word === undefined) return;
        const place = findWord(text, [normalizeWord(word)]);
        assert.ok(place);
        const there = text.slice(place.start, place.end);
        assert.equal(normalizeWord(there), normalizeWord(word));
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});
