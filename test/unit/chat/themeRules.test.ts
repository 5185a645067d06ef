import assert from 'node:assert/strict';
import {
  createCodeColors,
  parseColor,
  readCustomRules,
  readThemeRules,
  themeLimits,
} from '../../../src/chat/themeRules';
import type { CodeColors } from '../../../src/shared/tokenScopes';

/** The colors of the theme at `theme.json` of an extension with these files. */
async function colorsOf(files: Readonly<Record<string, string>>): Promise<CodeColors> {
  const rules = await readThemeRules('./theme.json', (path) => Promise.resolve(files[path]));
  return rules ? createCodeColors(rules) : {};
}

const theme = (...tokenColors: readonly unknown[]): string => JSON.stringify({ tokenColors });
const rule = (scope: unknown, settings: unknown): unknown => ({ scope, settings });

describe('The colors of a theme', () => {
  it('are those of the most precise rule, and of the last one of these', async () => {
    const colors = await colorsOf({
      'theme.json': theme(
        rule('keyword', { foreground: '#111111' }),
        rule(['keyword.control', 'string'], { foreground: '#222222' }),
        rule('comment, keyword.control', { foreground: '#333333', fontStyle: 'italic bold' }),
        rule('keyword', { foreground: '#444444' }),
        rule('keyword.control.import.ts', { foreground: '#555555' }),
        rule('text.html keyword.control', { foreground: '#666666' }),
      ),
    });
    const loud = { color: '#333333', isItalic: true, isBold: true };
    assert.deepEqual(colors['.hljs-keyword'], loud);
    assert.deepEqual(colors['.hljs-comment'], loud);
    assert.deepEqual(colors['.hljs-keyword.operator_'], { color: '#444444' });
    assert.deepEqual(colors['.hljs-string'], { color: '#222222' });
    assert.deepEqual(colors['.hljs-number'], {});
  });

  it('follow what the theme includes, with comments and commas as people write them', async () => {
    const colors = await colorsOf({
      'theme.json': `{ // mine
        "include": "./base/dark.json",
        "tokenColors": [{ "scope": "string", "settings": { "foreground": "#f00" } }, ], /* end */
      }`,
      'base/dark.json': '{ "include": "../plain.json", "tokenColors": "./rules.json" }',
      'base/rules.json': theme(rule('string', { foreground: '#00ff00' })),
      'plain.json': JSON.stringify({ settings: [rule('comment', { foreground: '#ABCDEF80' })] }),
    });
    assert.deepEqual(colors['.hljs-string'], { color: '#ff0000' });
    assert.deepEqual(colors['.hljs-comment'], { color: '#abcdef80' });
  });

  it('are not read from outside of the extension, in circles, or from files that are too large', async () => {
    const asked: string[] = [];
    const read = (include: string) => (path: string) => {
      asked.push(path);
      return Promise.resolve(JSON.stringify({ include, tokenColors: [] }));
    };
    const outside = ['../../etc/passwd', 'file:///etc/passwd', String.raw`..\x`];
    for (const include of [...outside, 'theme.json']) {
      assert.equal(await readThemeRules('a/theme.json', read(include)), undefined);
    }
    assert.deepEqual(asked, Array<string>(4).fill('a/theme.json'));
    assert.equal(await readThemeRules('theme.json', read('a/theme.json')), undefined);
    assert.equal(asked.length, 4 + themeLimits.files);
    const long = ' '.repeat(themeLimits.fileLength) + theme(rule('string', { foreground: '#fff' }));
    assert.deepEqual(await colorsOf({ 'theme.json': long }), {});
  });

  it('are only colors, whatever the file says', async () => {
    const wrong = ['red', '#12', '#12345', '#gggggg', 'url(x)', '#fff;} *{', 7, null, { r: 1 }];
    for (const foreground of wrong) {
      const colors = await colorsOf({
        'theme.json': theme(rule('string', { foreground, fontStyle: 'x' }), 5, null, [], 'x'),
      });
      assert.deepEqual(colors['.hljs-string'] ?? {}, {}, JSON.stringify(foreground));
    }
    for (const text of ['', '[]', 'null', '7', '{"tokenColors": 7}', '<plist/>', '{"a":']) {
      assert.deepEqual(await colorsOf({ 'theme.json': text }), {}, text);
    }
    assert.equal(parseColor('#AbC'), '#aabbcc');
  });

  it('can be changed by the user, for all themes or for some', () => {
    const setting = {
      comments: '#010101',
      strings: { foreground: '#020202', fontStyle: 'underline' },
      textMateRules: [rule('constant.numeric', { foreground: '#030303' })],
      '[Dark*]': { numbers: '#040404' },
      '[Light][Dark Mine]': { keywords: '#050505' },
      '[Other]': { functions: '#060606' },
    };
    const colors = createCodeColors(readCustomRules(setting, 'Dark Mine'));
    assert.deepEqual(colors['.hljs-comment'], { color: '#010101' });
    assert.deepEqual(colors['.hljs-string'], { color: '#020202', isUnderlined: true });
    assert.deepEqual(colors['.hljs-number'], { color: '#040404' });
    assert.deepEqual(colors['.hljs-keyword'], { color: '#050505' });
    assert.deepEqual(colors['.hljs-title'], {});
    for (const nonsense of [undefined, null, 7, 'x', [], { comments: 7, textMateRules: 'x' }]) {
      assert.deepEqual(readCustomRules(nonsense, 'Dark'), []);
    }
  });
});
