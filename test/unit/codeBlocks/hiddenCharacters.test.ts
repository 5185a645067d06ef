import assert from 'node:assert/strict';
import {
  findHiddenCharacters,
  showHidden,
  toTerminalText,
  removeHidden,
} from '../../../src/codeBlocks/codeText';

/** Every control and format character of Unicode, and its two separators of lines. */
function* unseen(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)) yield character;
  }
}

const allUnseen = [...unseen()];

describe(`X5 the ${allUnseen.length} characters that cannot be seen`, () => {
  it('are found, written out, and taken away, each but tab and line end', () => {
    assert.ok(allUnseen.length > 200);
    for (const character of allUnseen) {
      const isPlain = character === '\t' || character === '\n';
      const text = `a${character}b`;
      assert.deepEqual(findHiddenCharacters(text), isPlain ? [] : [character]);
      if (isPlain) continue;
      assert.match(showHidden(text), /^a⟨U\+[0-9A-F]{4,6}⟩b$/u);
      assert.equal(removeHidden(text), 'ab');
    }
  });

  it('never come to a terminal, where a line is one line for every shell', () => {
    for (const character of allUnseen) {
      const brought = toTerminalText(`echo a${character}b`);
      const isLineEnd = '\n\r\v\f\u0085\u2028\u2029'.includes(character);
      assert.equal(brought?.kind, isLineEnd ? 'lines' : 'line', JSON.stringify(character));
      assert.doesNotMatch(brought.text, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (brought.kind === 'line') assert.ok(!brought.text.includes('\n'));
    }
  });

  it('are left alone within one picture, and in line ends of Windows', () => {
    const text = 'const family = "👨‍👩‍👧";\r\n// ❤️';
    assert.deepEqual(findHiddenCharacters(text), []);
    assert.equal(showHidden(text), text.replace('\r\n', '\n'));
  });

  it('include letters and selectors that have no look', () => {
    assert.deepEqual(findHiddenCharacters('a\u3164b\u{E0101}c\u034Fd'), [
      '\u3164',
      '\u{E0101}',
      '\u034F',
    ]);
  });
});

/** What goes to a terminal, and how. */
const brought: readonly (readonly [string, 'line' | 'lines' | undefined, string])[] = [
  ['npm test\n', 'line', 'npm test'],
  ['npm test', 'line', 'npm test'],
  ['\n\nnpm test\n\n', 'line', 'npm test'],
  ['npm test\r\n', 'line', 'npm test'],
  ['  npm test  ', 'line', 'npm test'],
  ['a\tb', 'line', 'a b'],
  ['a\u001b[2Jb', 'line', 'a[2Jb'],
  ['a\u001b[201~\nb', 'lines', 'a[201~\nb'],
  ['a\u0003', 'line', 'a'],
  ['a\u0004', 'line', 'a'],
  ['a\u0015b', 'line', 'ab'],
  ['a\bb', 'line', 'ab'],
  ['a\u007Fb', 'line', 'ab'],
  ['a\u009b31mb', 'line', 'a31mb'],
  ['a\u202Eb', 'line', 'ab'],
  ['a\u200Bb', 'line', 'ab'],
  ['a\0b', 'line', 'ab'],
  ['a\nb\n', 'lines', 'a\nb'],
  ['a\rb', 'lines', 'a\nb'],
  ['a\r\nb', 'lines', 'a\nb'],
  ['a\u0085b', 'lines', 'a\nb'],
  ['a\u2028b', 'lines', 'a\nb'],
  ['a\vb', 'lines', 'a\nb'],
  ['a\fb', 'lines', 'a\nb'],
  ['a \\\n  --b', 'lines', 'a \\\n  --b'],
  ['a && b; c | d', 'line', 'a && b; c | d'],
  ['$(a) `b` "c"', 'line', '$(a) `b` "c"'],
  ['echo größe 👋🏽', 'line', 'echo größe 👋🏽'],
  ['echo a # b', 'line', 'echo a # b'],
  ['a\u200Db', 'line', 'ab'],
  ['a\u2066b\u2069', 'line', 'ab'],
  ['a\uFEFFb', 'line', 'ab'],
  ['a\u00ADb', 'line', 'ab'],
  ['a\u{E0041}b', 'line', 'ab'],
  ['a\n\n\nb', 'lines', 'a\n\n\nb'],
  ['cat <<X\ny\nX\n', 'lines', 'cat <<X\ny\nX'],
  ['', undefined, ''],
  ['\n', undefined, ''],
  [' \t\n \r\n', undefined, ''],
  ['\u0003\n\u0004', undefined, ''],
];

describe('X5 code for a terminal', () => {
  it(`is one line without controls, or several to be pasted: ${brought.length} cases`, () => {
    for (const [code, kind, text] of brought) {
      const result = toTerminalText(code);
      assert.equal(result?.kind, kind, JSON.stringify(code));
      assert.equal(result?.text ?? '', text, JSON.stringify(code));
    }
  });
});
