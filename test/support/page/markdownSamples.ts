/** Texts for the streaming markdown tests, besides those of the CommonMark specification. */

const table = ['| a | b | c |', '|:--|:-:|--:|', '| 1 | `x` | **3** |', '| \\| | | ~~y~~ |'].join(
  '\n',
);

/** GitHub's additions, and what models write. */
export const extendedSamples: readonly string[] = [
  table,
  `Before\n${table}\n\nAfter`,
  `Before\n${table}\nmore | cells\nnot | three | cells | four\n\n> ${table.replaceAll('\n', '\n> ')}`,
  `- item\n\n  ${table.replaceAll('\n', '\n  ')}\n- next`,
  '| only | header |\n|---|---|',
  '| one |\n|---|\n| two |\n# heading ends it',
  'a | b\n-|-\n1 | 2\n\nc | d',
  'no | table\nhere | either',
  '| a |\n| --- |\n| <br> b<br/>c |',
  '- [ ] open\n- [x] done\n- [X] Done\n- [] neither\n- [y] neither',
  '1. [ ] first\n2. [x] second\n   - [ ] nested\n     text',
  '- [ ]\n- [x]\n\n- [ ] loose\n\n  paragraph',
  '* [ ] [link](https://example.org)\n\n[x]: https://example.org',
  '~~gone~~ and ~~~not~~~ and ~one~',
  '~~a **b** c~~ ~~\nd~~',
  'Line<br>break<BR/>again<br />end',
  'Not <b>bold</b>, <script>alert(1)</script>, <!-- comment -->',
  '<div>\n\n*text*\n\n</div>',
  '![alt](https://example.org/a.png "title") ![](https://example.org/b.png) ![x](javascript:alert(1))',
  '[![badge](https://example.org/b.svg)](https://example.org)',
  '![*emphasis* in alt][image]\n\n[image]: https://example.org/i.png',
  'Inline \\(a_1 * b_1\\) and $$x_1 * y_1$$ and \\[z\\].',
  '$$\na\n+ b\n= c_1\n$$\n\nafter',
  '\\[\n\\begin{aligned}\n- x &= 1 \\\\\n# y\n\\end{aligned}\n\\]\n\nafter',
  '$$\nnever closed\n\n# heading',
  'text\n$$\nx\n$$\ntext',
  '- item\n  $$\n  y\n  $$\n- next',
  '> $$\n> y\nlazy',
  'Price: $5 and $$ and \\( alone',
  '\\(\\) \\[ \\] $$$$',
  '[later]\n\ntext\n\n- [later] in a list\n\n> [later] quoted\n\n# [later]\n\n[later]: https://example.org "t"',
  '[a][b]\n\n[b]: https://one.example\n\n[b]: https://two.example\n\n[b]',
  '[x]\n\n| [x] | y |\n|---|---|\n| [x] | z |\n\n```\n[x]\n```\n\n> - [x]: https://example.org',
  '[x]: https://example.org\n"title\nmore"\n\n[x]',
  '[x]: https://example.org\n"no title" here\n\n[x]',
  '[x]:\nhttps://example.org\n\n[x]\n===\n[y]: https://example.org\n\n[y] [x]',
  '[proto]\n\n[__proto__] [constructor]\n\n[constructor]: https://example.org\n[__proto__]: https://example.org/p',
  '```js\nconst a = 1;\n\n\nconst b = 2;\n```\nafter',
  '```js\nnever closed\n\ttab\n``\n~~~',
  '~~~~ python extra words\nx = `1`\n~~~\n~~~~~\nafter',
  '   ```\n   indented by three\n     more\n\tand a tab\n  less\n   ```\n',
  '- ```\n  in a list\n\n  still\n  ```\n- next\n\n      code in list',
  '> ```\n> quoted\n> \n> code\nnot any more',
  '1. a\n\n   ```ts\n   let a\n   ```\n\n   b\n2. c',
  '```\n```\n```\n\n```',
  '````md\n```js\nnested\n```\n````\n',
  '    indented code\n\n    after a blank line\n\n\n  para',
  'Setext\n===\n\nSetext\n---\n\nnot\n -\n\ntext\n- list',
  'para\n***\n- a\n***\n* b\n***',
  '- a\n- b\n\n\n- c\n\n  - d\n    - e\n\ntext',
  '- a\n\n- b\n- c',
  '- a\n- b\n- c\n\n- d',
  '10) ten\n11) eleven\n\n3. three',
  '- \n- a\n-\n\n-   b\n\n\n      c',
  '> a\n> > b\n> c\n\n> d\nlazy\n\n>',
  '# h1\n## h2 ##\n####### not\n#\n#\tx',
  'a  \nb\\\nc\nd',
  'x\r\ny\r\n\r\n- z\r\n- w\rend\r',
  '```\r\ncode\r\n```\r\n\r\ntext\r',
  'NUL \0 here\n\n```\n\0\n```',
  '\uFEFFbom\n\n\u2028 \u0085 \u00A0',
  'emoji 👩‍👩‍👧 and 𝒳 and é\n\n| 👍 |\n|---|\n| 𝒳 |',
  'https://example.org is text, <https://example.org> is a link, <me@example.org> too',
  '[a](http://localhost:3000) [b](https://user:pw@example.org) [c](mailto:a@example.org?subject=x)',
  '[a](/relative) [b](#hash) [c](//example.org) [d](ftp://example.org) [e](HTTPS://EXAMPLE.ORG)',
  '&amp; &lt;b&gt; &#x202e; &nbsp;',
  '**bold *both*** __x__ _y_ `code` ``a ` b``',
  '',
  '\n',
  '\n\n\n',
  ' ',
  '-',
  '```',
  '|',
];

const lines = [
  ...['', '', '', 'text', 'more text', '  indented by two', '    indented by four', '\ttab'],
  ...[
    '- item',
    '  - nested',
    '    - deeper',
    '* star',
    '+ plus',
    '1. one',
    '2) two',
    '   continued',
  ],
  ...['- [ ] task', '- [x] done', '> quote', '> > deeper', '> - in quote', '>', 'lazy *line*'],
  ...[
    '# heading',
    '## two ##',
    '===',
    '---',
    '***',
    '- - -',
    '```',
    '```js',
    '~~~',
    '````',
    '   ```',
  ],
  ...[
    '  ```',
    '> ```',
    '- ```ts',
    'let x = 1;',
    '| a | b |',
    '|---|:-:|',
    '| 1 | 2 |',
    'a | b',
    '-|-',
  ],
  ...[
    '[ref]',
    '[ref]: https://example.org',
    "'title'",
    '[other]: https://example.org "t"',
    '[other] x',
  ],
  ...[
    '> [ref]: https://quoted.example',
    '  [ref]',
    '$$',
    '\\[',
    'x_1 \\\\',
    '\\]',
    '\\(y\\)',
    '<br>',
  ],
  ...[
    '<div>',
    '</div>',
    '![i](https://example.org/i.png)',
    '~~s~~',
    '**b',
    'c**',
    '`d',
    'e`',
    '\\',
    '&amp;',
  ],
];

/** Lines that continue a list, quote or table, or nearly. */
const containerLines = [
  ...[
    '',
    '',
    'text',
    'x',
    '- item',
    '- [ ] task',
    '- ',
    '-',
    '  more',
    '  - nested',
    '    - deeper',
  ],
  ...[
    '- a | b',
    ':-|-:',
    '---',
    '===',
    '   - by three',
    ' - by one',
    '  - by two',
    '* star',
    '+ plus',
  ],
  ...[
    '1. one',
    '2. two',
    '10. ten',
    '1) other',
    '   in one',
    '> quote',
    '> - list',
    '>',
    '> > deeper',
  ],
  ...['> ```', '  ```', '```', '- ```', '- # heading', '# heading', '| a | b |', '|---|---|'],
  ...[
    '| 1 | [x] |',
    'a | b',
    '| only',
    '> | a | b |',
    '> |---|---|',
    '> | 1 | 2 |',
    '> 1. x',
    '- > q',
  ],
  ...[
    '[x]: https://example.org',
    '- [x]: https://example.org',
    '> [y]: https://example.org',
    '  > q',
  ],
  ...[
    '[x] and [y]',
    '- [y] z',
    '    code',
    '      six',
    '\tcode',
    '- - -',
    '- - a',
    '$$',
    '> text',
  ],
];

/** `count` texts of random lines, the same for the same `random`. */
export function lineFuzz(random: () => number, count: number): string[] {
  return Array.from({ length: count }, () => randomText(random, lines, 2, 12));
}

/** Like `lineFuzz`, but each text has only a few different lines: long lists, quotes and tables. */
export function containerFuzz(random: () => number, count: number): string[] {
  return Array.from({ length: count }, () => {
    const few = randomText(random, containerLines, 2, 6).split('\n');
    return randomText(random, few, 3, 14);
  });
}

function randomText(
  random: () => number,
  from: readonly string[],
  least: number,
  more: number,
): string {
  const pick = (): string => from[Math.floor(random() * from.length)] ?? '';
  const length = least + Math.floor(random() * more);
  const end = random() < 0.5 ? '\n' : '';
  return Array.from({ length }, pick).join('\n') + end;
}
