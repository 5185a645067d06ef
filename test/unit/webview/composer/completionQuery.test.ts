import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findQuery } from '../../../../src/webview/composer/completion';

const hash = { trigger: '#' };
const slash = { trigger: '/', mayStart: (_text: string, at: number) => at === 0 };

/** `|` is the caret. */
function at(marked: string): string | undefined {
  const caret = marked.indexOf('|');
  const found = findQuery(marked.replace('|', ''), caret, [hash, slash]);
  return found && `${found.source.trigger} ${found.from} ${found.query}`;
}

describe('the word that is completed', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['|', undefined],
    ['#|', '# 0 '],
    ['#cl|', '# 0 cl'],
    ['#c|l', '# 0 c'],
    ['Look at #cli|', '# 8 cli'],
    ['Look at\n#cli|', '# 8 cli'],
    ['(#cli|', '# 1 cli'],
    ['#src/a|', '# 0 src/a'],
    ['#cli |', undefined],
    ['#cli ent|', undefined],
    ['C#|', undefined],
    ['a#b|', undefined],
    ['|#cli', undefined],
    ['##|', '# 0 #'],
    ['/fix|', '/ 0 fix'],
    ['and /fix|', undefined],
    ['/fix #a|', '# 5 a'],
    ['#日本|', '# 0 日本'],
  ];
  for (const [marked, expected] of cases) {
    it(`${JSON.stringify(marked)}: ${expected ?? 'none'}`, () =>
      assert.equal(at(marked), expected));
  }

  it('never reaches over white space or the caret, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom('#', '/', ' ', '\n', 'a', '(') });
    fc.assert(
      fc.property(text, fc.nat(40), (value, position) => {
        const caret = Math.min(position, value.length);
        const found = findQuery(value, caret, [hash, slash]);
        if (!found) return;
        assert.equal(value[found.from], found.source.trigger);
        assert.equal(value.slice(found.from + 1, caret), found.query);
        assert.doesNotMatch(found.query, /\s/u);
      }),
      { numRuns: 300 },
    );
  });
});
