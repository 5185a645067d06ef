import assert from 'node:assert/strict';
import { toTerminalText } from '../../../src/codeBlocks/codeText';
import { createTitle } from '../../../src/conversation/prompt';
import {
  asIconLabel,
  isolateDirection,
  asLabel,
  escapeHidden,
  findHidden,
  removeHidden,
  showHidden,
} from '../../../src/shared/hiddenCharacters';
import { escapeNotificationLinks } from '../../../src/shared/text';
import { seeded } from '../../support/seeded';

/** Every control, format character, separator of lines, surrogate, and character that fonts may ignore. */
function* unseen(): Generator<string> {
  const pattern = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (pattern.test(character)) yield character;
  }
}

const allUnseen = [...unseen()];

describe(`X5 the ${allUnseen.length} characters that cannot be seen`, () => {
  it('are found, written out, and taken away, each but tab and line end', () => {
    assert.ok(allUnseen.length > 200);
    for (const character of allUnseen) {
      const isPlain = character === '\t' || character === '\n';
      const text = `a${character}b`;
      assert.deepEqual(findHidden(text), isPlain ? [] : [character]);
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

  it('M3: include all that the finding names', () => {
    const named =
      '\uFE00 \uFE0F \u{E0002} \u{E001F} \u{E0080} \u{E00FF} \u{E01F0} \u{E0FFF} \u2065 \uFFF0 \uFFF8 \u180B \u180D \u180F \u{16FE4} \u2800 \u{1D159} \uD800 \uDC00';
    for (const character of named.split(' ')) {
      const text = `a${character}b`;
      assert.deepEqual(findHidden(text), [character]);
      assert.equal(escapeHidden(text), showHidden(text));
      assert.equal(toTerminalText(text)?.text, 'ab');
      assert.doesNotMatch(asLabel(text), new RegExp(character, 'u'));
      assert.equal(createTitle(text), 'ab');
    }
    const alphabet = Array.from({ length: 16 }, (_, index) => String.fromCodePoint(0xfe00 + index));
    assert.equal(findHidden(`const a = "x${alphabet.join('')}"`).length, 16);
  });

  it('include blanks that are no space to a compiler, which become one', () => {
    for (const blank of '\u00A0\u1680\u2000\u2007\u200A\u202F\u205F\u3000') {
      assert.deepEqual(findHidden(`ls${blank}-l`), [blank]);
      assert.equal(toTerminalText(`ls${blank}-l`)?.text, 'ls -l');
      assert.equal(asLabel(`a${blank}b`), 'a b');
    }
    assert.deepEqual(findHidden('// 説明\u3000続き'), []);
  });

  const kept = [...['👨‍👩‍👧', '❤️', '☎︎', '1️⃣', '👩🏽‍💻', '🏳️‍🌈', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'می‌خواهم', 'क्‍ष', 'ශ්‍රී', 'ᠠ᠋']];

  it('are kept only where emoji and scripts need them, one in each place (case 37)', () => {
    for (const text of kept) {
      assert.deepEqual(findHidden(text), [], text);
      assert.equal(asLabel(text), text);
      assert.equal(escapeNotificationLinks(text), text);
    }
    const misused = [
      '❤️\uFE0F',
      'a\uFE0F',
      '1\uFE0F',
      'a\u200Db',
      '👩\u200D',
      '\u200D👩',
      '可\u{E0100}',
    ];
    misused.push('م\u200C\u200Cم', 'x\u200Cم', '🏴\u{E0067}\u{E0078}\u{E007F}', 'a\u180B');
    for (const text of misused) assert.equal(findHidden(text).length > 0, true, escapeHidden(text));
  });

  it('leave nothing of a hidden message in any mixture with what is kept', () => {
    const random = seeded(20);
    const parts = [...kept, ...allUnseen, 'a', ' ', '\n', '](', '$(', '\u3000', 'م', '可', '1'];
    for (let run = 0; run < 3_000; run += 1) {
      const pick = (): string => parts[Math.floor(random() * parts.length)] ?? '';
      const text = Array.from({ length: 12 }, pick).join('');
      const clean = removeHidden(text);
      assert.deepEqual(findHidden(showHidden(text)), []);
      for (const shown of [asLabel(text), escapeHidden(text), escapeNotificationLinks(text)]) {
        assert.doesNotMatch(shown, /[\p{Cs}\u202E\u{E0041}\u2800\u00AD]/u);
        assert.doesNotMatch(shown.replaceAll(/\p{Emoji}\uFE0F/gu, ''), /[\uFE00-\uFE0D]/u);
      }
      assert.ok(clean.length <= text.length);
    }
  });

  it('are left alone within one picture, and in line ends of Windows', () => {
    const text = 'const family = "👨‍👩‍👧";\r\n// ❤️';
    assert.deepEqual(findHidden(text), []);
    assert.equal(showHidden(text), text.replace('\r\n', '\n'));
  });

  it('include letters and selectors that have no look', () => {
    assert.deepEqual(findHidden('a\u3164b\u{E0101}c\u034Fd'), ['\u3164', '\u{E0101}', '\u034F']);
  });
});

describe('an untrusted text as a label (L2)', () => {
  it('is one line of limited length without icons, links, and hidden characters', () => {
    assert.equal(asLabel('  two\r\n\u2028 lines\t here '), 'two lines here');
    assert.equal(asLabel('\u202Etxt.exe'), '⟨U+202E⟩txt.exe');
    assert.equal(asLabel('[press](command:x)'), '[press] (command:x)');
    assert.equal(asIconLabel('$(error) $(unlock)'), String.raw`\$(error) \$(unlock)`);
    assert.equal(isolateDirection('foo() של מי?'), '\u2068foo() של מי?\u2069');
    assert.equal(isolateDirection('Größe 大小'), 'Größe 大小');
    assert.equal(asLabel('x'.repeat(3_000)).length, 201);
    assert.equal(asLabel('👋'.repeat(300), 3), '👋…');
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
