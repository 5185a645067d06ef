import assert from 'node:assert/strict';
import MarkdownIt, { type Token } from 'markdown-it';
import { hostileCorpus } from '../../support/page/hostileCorpus';
import {
  escapeMarkdown,
  getDrawInterval,
  toCommentMarkdown,
} from '../../../src/explain/commentMarkdown';
import { seeded } from '../../support/seeded';
import { createDialect } from '../../../src/shared/markdown/dialect';
import { openableUrl } from '../../../src/shared/urlPolicy';
import publicCases from '../../support/page/publicCases.json';

/** A reader of markdown that, like a careless one, takes HTML and every link. */
const careless = new MarkdownIt({ html: true });
careless.validateLink = () => true;

interface Found {
  readonly images: number;
  readonly html: number;
  readonly targets: readonly string[];
}

function found(markdown: string): Found {
  const tokens = careless
    .parse(markdown, {})
    .flatMap((token) => [token, ...(token.children ?? [])]);
  return {
    images: tokens.filter(({ type }) => type === 'image').length,
    html: tokens.filter(({ type }) => type === 'html_block').length,
    targets: tokens
      .filter(({ type }) => type === 'link_open')
      .map((token) => String(token.attrGet('href'))),
  };
}

const hostile = [
  '![x](https://evil.example/a.png)',
  '![x][y]\n\n[y]: https://evil.example/a.png',
  '![x]\n\n[x]: https://evil.example/a.png',
  '- ![x](//evil.example/a.png)',
  '> ![x](<https://evil.example/a.png>)',
  '[![x](https://evil.example/a.png)](https://evil.example)',
  '<img src=https://evil.example/a.png>',
  '- <div>\n  ```\n\n![x](https://evil.example/a.png)',
  '<div>\n```\n\n![x](https://evil.example/a.png)',
  '> <table>\n```\n\n![x](https://evil.example/a.png)',
  '- ```\n![x](https://evil.example/a.png)',
  '1. a\n\n   ```\n![x](https://evil.example/a.png)',
  '``` a`b\n![x](https://evil.example/a.png)',
  '```\n```~~~\n![x](https://evil.example/a.png)',
  '````\n```\n![x](https://evil.example/a.png)\n````',
  '~~~\n~~~ \n![x](https://evil.example/a.png)',
  '[run](command:workbench.action.terminal.new)',
  '[run](command&colon;workbench.action.terminal.new)',
  '[run](%63ommand:workbench.action.terminal.new)',
  '[run]( <command:x>)',
  '[open](file:///etc/passwd)',
  '[open](vscode://x.y/z)',
  '[js](javascript:alert(1))',
  '[data](data:text/html,x)',
  '<command:x>',
  '<vscode://x.y/z>',
  '[x]: command:y\n\n[x]',
  '[a][x]\n\n> [x]: command:y',
  '[a][x\\]y]\n\n[x\\]y]: command:y',
  '[a][x y]\n\n[x\ny]: command:y',
  '[a][x]\n\n[x\\\n]: command:y',
  '[a](\ncommand:y)',
  '[a](<\n',
  '[a](http://localhost:11434/api/version)',
  '[a](<http://127.1/> "b")',
  '[a](\nhttp://localhost/)',
  '[a](http://192.168.0.1/reboot) [b]( http://router/)',
  '[a](https://good.example@evil.example/)',
  '[a](http:\\//localhost/)',
  '[a](http:&#x2f;/localhost/)',
  '[a](http://localhost&#46;/)',
  '[a][x]\n\n[x]: http://localhost/',
  // What some take for the end of a fence, and others for its beginning.
  '   ```\nfoo\n```\n![x]\n\n[x]: https://evil.example/a.png',
  '```\n```~~~\n```\n![x]\n\n[x]: https://evil.example/a.png',
  '```\n```\u00a0\n```\n![x]\n\n[x]: https://evil.example/a.png',
  '- ```\n  a\n\n```\n![x]\n\n[x]: https://evil.example/a.png',
  '> ```\n```\n![x]\n\n[x]: https://evil.example/a.png',
  'a\n```ts![x](https://evil.example/a.png)',
  '[run](\ncommand:workbench.action.terminal.new)',
  '[a\nb]: command:x\n\n[a b]',
  '[x]:\ncommand:y\n\n[x]',
  '\\<file:///etc/passwd>',
  '[x](<img src=https://evil.example/a.png>',
  'https://evil.example/<img src=https://evil.example/a.png>',
];

/** Where a link of a comment may lead: a public place, or nowhere, as a word without a scheme does. */
function isHarmless(href: string): boolean {
  return /^\w*$|^%E2%81%A0/u.test(href) || openableUrl(href)?.protocol.startsWith('http') === true;
}

/** Whatever decides where code, lists, links and images begin and end. */
const pieces = [
  ...[
    '```',
    '```',
    '````',
    '~~~',
    '~~~~',
    '```ts',
    '``` a`b',
    '`',
    '``',
    '\\',
    '`a`',
    '\u00a0',
    '\t',
  ],
  ...[
    '![r]',
    '![r][r]',
    '![x](https://evil.example/a)',
    '[r]',
    '[r]:',
    '[r]: command:y',
    '[a',
    'b]',
  ],
  ...[
    '[x](',
    'command:y)',
    '[x](command:y)',
    '<https://x>',
    '<file:///x>',
    'https://evil.example/r',
  ],
  ...[
    '<div>',
    '</div>',
    '<pre>',
    '<!--',
    '-->',
    '- ',
    '* ',
    '1. ',
    '> ',
    '[ ] ',
    '# ',
    '---',
    '===',
  ],
  ...[
    '\n',
    '\n',
    '\n',
    '\n\n',
    '\n\n',
    ' ',
    '  ',
    '   ',
    '    ',
    'word',
    'a < b',
    '|a|b|',
    '|-|-|',
  ],
];

describe('An answer as the Markdown of a comment', () => {
  for (const text of hostile) {
    it(`leaves no image, HTML or odd link in ${JSON.stringify(text)}, at any prefix`, () => {
      for (let length = 1; length <= text.length; length++) {
        const { images, html, targets } = found(toCommentMarkdown(text.slice(0, length)));
        assert.equal(images, 0);
        assert.equal(html, 0);
        assert.deepEqual(
          targets.filter((href) => !isHarmless(href)),
          [],
        );
      }
    });
  }

  it(`leaves no image, HTML or odd link in ${hostileCorpus.length} hostile texts`, () => {
    for (const text of hostileCorpus) {
      const { images, html, targets } = found(toCommentMarkdown(text));
      const odd = targets.filter((href) => !isHarmless(href));
      assert.deepEqual({ text, images, html, odd }, { text, images: 0, html: 0, odd: [] });
    }
  });

  it('M5: leaves no image and no odd link in texts put together at random', () => {
    const random = seeded(7);
    for (let count = 0; count < 3_000; count++) {
      const length = 2 + Math.floor(random() * 16);
      const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join(
        '',
      );
      const { images, targets } = found(
        toCommentMarkdown(`${text}\n\n[r]: https://evil.example/r`),
      );
      const odd = targets.filter((target) => /^(?!https?:)[a-z][\w+.-]*:/iu.test(target));
      assert.deepEqual({ text, images, odd }, { text, images: 0, odd: [] });
    }
  });

  const alike = [
    'It returns a List<String>, or <none>. Use `Array<T>` and Map<K, V>. Odd ` tick and Set<T>.',
    'Plain words, `Array<string>` and **bold**, *slanted*, ~~gone~~, ***both***.',
    '```rust\nlet v = vec![1, 2];\n#![allow(dead_code)]\n```',
    '```html\n<img src="a.png">\n```',
    'See [the docs](https://example.com/a?b=c&copy;=d) and [more](<https://example.com/d e>).',
    'Call handlers[name](event), then list[0](x, y).',
    'A type is `{ [key: string]: number }`, and `dict["a"]: 1` an entry.',
    '| a | b |\n| - | :-: |\n| 1 | `x || y` |',
    '1. one\n2. two\n   - three\n\n     more\n   - four\n\n5) five',
    '1. Like this:\n\n   ```ts\n   const a: Map<string, B> = c<div>();\n   ```\n\n2. Or like that.',
    '- ```html\n  <p>\n  ```\n- more',
    '> ```ts\n> let a: Set<string>;\n> ```\n>\n> - a\n> - b\n\nWords.',
    '```python\ndef f():\n    """\n    ```\n    List<T>\n    ```\n    """\n```',
    'a < b and b > c\n\n# head `x` <y>\n\n***\n\n- [ ] open\n- [x] done',
    '- a\n- b\n\n* c\n* d\n\n`` ` `` and `` `a` `` and ` b `',
  ];
  for (const text of alike) {
    it(`looks like the text itself: ${JSON.stringify(text)}`, () => {
      const written = toCommentMarkdown(text);
      assert.equal(careless.render(written), createDialect().render(text));
      assert.doesNotMatch(written, /[\p{Cf}]/u);
    });
  }
});

/** The rendered text as it is copied. */
function wordsOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ type, content, children }) => {
      if (type === 'softbreak' || type === 'hardbreak') return '\n';
      return children && children.length > 0 ? wordsOf(children) : content;
    })
    .join('');
}

describe('What models really write, in a comment', () => {
  for (const { name, text, html, blocks, words = [], without = [] } of publicCases) {
    it(name, () => {
      const tokens = careless.parse(toCommentMarkdown(text), {});
      const shown = wordsOf(tokens);
      for (const part of words) assert.ok(shown.includes(part), `${part} in ${shown}`);
      for (const part of without) assert.ok(!shown.includes(part), `${part} in ${shown}`);
      assert.doesNotMatch(shown, /[\u200B-\u200F\u2060\uFEFF]/u);
      const codes = tokens.filter(({ type }) => type === 'fence').map(({ content }) => content);
      if (blocks) assert.deepEqual(codes, blocks);
      const strong = /<strong>.*?<\/strong>/gu;
      const isMarked = html !== undefined && !html.includes('<mark>');
      const rendered = careless.render(toCommentMarkdown(text));
      if (isMarked) assert.deepEqual(bold(rendered, strong), bold(html, strong));
    });
  }

  it('case 12: an answer that is wrapped in one fence is read as Markdown', () => {
    const shown = careless.render(
      toCommentMarkdown('```markdown\n## Summary\n\n- **one**\n- two\n```'),
    );
    assert.equal(
      shown,
      '<h2>Summary</h2>\n<ul>\n<li><strong>one</strong></li>\n<li>two</li>\n</ul>\n',
    );
  });
});

function bold(html: string, pattern: RegExp): string[] {
  return (html.match(pattern) ?? []).map((part) =>
    part.replaceAll('&quot;', '"').replaceAll(/<a [^>]*>|<\/a>/gu, ''),
  );
}

describe('escapeMarkdown', () => {
  const samples = [
    ...hostile.filter((text) => !text.includes('\n')),
    'Why is the *timer* cleared? # really `now`',
    '1. one',
    '- a',
    'a | b',
    '&lt; &amp; $(rocket)',
    'https://evil.example www.evil.example a@b.example',
  ];
  for (const text of samples) {
    it(`is shown as it is: ${JSON.stringify(text)}`, () => {
      const [open, inline, ...rest] = careless.parse(escapeMarkdown(text), {});
      assert.equal(open?.type, 'paragraph_open');
      assert.deepEqual([...new Set(inline?.children?.map(({ type }) => type))], ['text']);
      assert.equal(inline?.children?.map(({ content }) => content).join(''), text);
      assert.equal(rest.length, 1);
    });
  }

  it('keeps its lines, and begins no block of code', () => {
    assert.equal(careless.render(escapeMarkdown('a\r\n    b')), '<p>a<br>\nb</p>\n');
  });
});

describe('getDrawInterval', () => {
  it('is longer for a long answer, because all of it is redrawn', () => {
    assert.equal(getDrawInterval(0, false), 160);
    assert.equal(getDrawInterval(8_000, false), 160);
    assert.equal(getDrawInterval(80_000, false), 1600);
  });

  it('is much longer while the user types', () => {
    assert.equal(getDrawInterval(0, true), 2_500);
    assert.equal(getDrawInterval(200_000, true), 4_000);
  });
});
