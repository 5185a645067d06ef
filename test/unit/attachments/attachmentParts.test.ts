import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findBestMatches } from '../../../src/attachments/fuzzyMatch';
import {
  excerptAroundLine,
  formatOutline,
  maxExcerptLength,
  mergeLines,
} from '../../../src/attachments/textExcerpts';

/** Half of a character. */
const loneSurrogate = /\p{Surrogate}/u;

const lines = (count: number): string =>
  Array.from({ length: count }, (_each, index) => `line ${index + 1}`).join('\n');

describe('the part of a file that matters', () => {
  it('is all of it where that fits', () => {
    assert.deepEqual(excerptAroundLine(lines(10), 1_000), { text: lines(10) });
  });

  it('is the start of the file, or the lines around the cursor, with a label that says so', () => {
    const top = excerptAroundLine(lines(1_000), 100);
    assert.equal(top.lines?.first, 1);
    assert.match(top.part ?? '', /^lines 1-\d+ of 1000$/u);
    const middle = excerptAroundLine(lines(1_000), 100, 500);
    assert.ok(middle.text.includes('line 500'));
    assert.ok((middle.lines?.first ?? 0) > 490 && (middle.lines?.last ?? 0) < 510);
  });

  it('never cuts silently, never exceeds its limit, and never splits a character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '😀', 'bcd efg') });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 60 }), fc.nat(50), (whole, room, around) => {
        const { text: part, part: said, lines: range } = excerptAroundLine(whole, room, around);
        assert.equal(said === undefined, part === whole);
        assert.ok(part.length <= room || part === whole);
        assert.ok(!loneSurrogate.test(part) && whole.includes(part));
        if (range) {
          const from = whole
            .split('\n')
            .slice(range.first - 1, range.last)
            .join('\n');
          assert.ok(from.startsWith(part));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('goes by the context that the person has set', () => {
    assert.equal(maxExcerptLength(null), 24_576);
    assert.equal(maxExcerptLength(32_768), 49_152);
    assert.equal(maxExcerptLength(1_024), 6_000);
  });
});

describe('the names that fit', () => {
  const paths = ['src/client.ts', 'client.ts', 'test/client.test.ts', 'src/cl/other.ts', 'x/y.ts'];
  const best = (query: string): string[] =>
    findBestMatches(query, paths, { getPath: (path) => path, maxCount: 4 });

  it('are those of files first, then those of folders, then spread ones', () => {
    assert.deepEqual(best('client.ts').slice(0, 2), ['client.ts', 'src/client.ts']);
    assert.deepEqual(best('cl'), [
      'client.ts',
      'src/client.ts',
      'test/client.test.ts',
      'src/cl/other.ts',
    ]);
    assert.deepEqual(best('CLIENT').length, 3);
    assert.deepEqual(best('sots'), ['src/cl/other.ts']);
    assert.deepEqual(best('nothing'), []);
    assert.equal(best('').length, 4);
  });
});

describe('the outline of a file', () => {
  const code = ['class Cart {', '  add() {', '    return 1;', '  }', '}', 'class Till {', '}'];
  const symbols = [
    { line: 1, first: 1, last: 5, depth: 0 },
    { line: 2, first: 2, last: 4, depth: 1 },
    { line: 6, first: 6, last: 7, depth: 0 },
  ];

  it('is the line of each symbol, with fewer levels where not all fit', () => {
    const text = code.join('\n');
    const all = '1: class Cart {\n2:   add() {\n6: class Till {';
    assert.deepEqual(formatOutline(text, symbols, 100), { text: all, part: 'outline of 7 lines' });
    assert.equal(formatOutline(text, symbols, 35).text, '1: class Cart {\n6: class Till {');
    assert.deepEqual(formatOutline(text, symbols, 20), {
      text: '1: class Cart {',
      part: 'the start of the outline of 7 lines',
    });
  });

  it('counts a symbol once that is inside of another one', () => {
    const merged = mergeLines([...symbols, { first: 9, last: 9 }]);
    assert.deepEqual(
      merged.map(({ first, last }) => [first, last]),
      [
        [1, 7],
        [9, 9],
      ],
    );
  });
});
