import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { makeLinksInert } from '../../../src/history/inertLinks';
import { showsAddress } from '../../../src/shared/urlPolicy';
import { toInertMarkdown } from '../../../src/shared/text';
import { seeded } from '../../support/seeded';
import { hostileCorpus } from '../../support/page/hostileCorpus';

/** As VS Code's Markdown editor finds links: every target counts, and HTML is read. */
const reader = new MarkdownIt({ html: true });
reader.validateLink = () => true;

/** The targets of all links, images, and definitions of a document, and of its HTML. */
function targetsOf(markdown: string): string[] {
  const env: NonNullable<Parameters<typeof reader.parse>[1]> = {};
  const tokens = reader.parse(markdown, env).flatMap((token) => [token, ...(token.children ?? [])]);
  const html = tokens.filter(({ type }) => type.startsWith('html')).map(({ content }) => content);
  const attributes = html.join('\n').matchAll(/(?:href|src)\s*=\s*["']?([^"'\s>]*)/giu);
  return [
    ...tokens
      .flatMap(({ attrs }) => attrs ?? [])
      .filter(([name]) => name === 'href' || name === 'src')
      .map(([, value]) => String(value)),
    ...Array.from(attributes, ([, target]) => target ?? ''),
    ...Object.values(env.references ?? {}).map(({ href }) => href),
  ];
}

/** Whether VS Code or the system runs or opens something for it. */
function isLive(target: string): boolean {
  return /^\s*(?:command|data|file|javascript|vbscript|vscode[\w-]*):/iu.test(target);
}

describe('M4 documents that Cria makes', () => {
  const live = [
    '[documentation](command:workbench.action.terminal.sendSequence?{"text":"touch x"})',
    '[a](<command:x>)',
    '[a](\n  command:x)',
    '[a]( file:///etc/passwd "title")',
    '[a][b]\n\n[b]: command:x',
    '[b]:\n  <vscode://x/y>',
    '![a](data:text/html,x)',
    '<command:x>',
    '<a href="command:x">press</a>',
    "<img src = 'file:///etc/passwd'>",
    '- item\n\n  ```\n\n[a](command:x)',
    '> ```\n[a](command:x)',
    '[a](command&colon;x)',
    '[a](&#99;ommand:x)',
    '[a](c\\ommand:x)',
    '[a](vscode-insiders:x)',
  ];

  it('lead to no command, file, or program when a link of an answer is followed', () => {
    for (const text of [...live, ...hostileCorpus]) {
      assert.deepEqual(targetsOf(makeLinksInert(text)).filter(isLive), [], text);
    }
  });

  it('lead nowhere in any mixture of marks', () => {
    const random = seeded(4);
    const atoms = [
      '[a]',
      '(',
      ')',
      '<',
      '>',
      '\n',
      ' ',
      '`',
      '```',
      '~~~',
      '- ',
      '> ',
      '    ',
      ']:',
      '[b]: ',
    ];
    atoms.push(
      'command:x',
      'file:///x',
      '](command:x)',
      '](',
      '<a href=',
      '"',
      '\\',
      '&colon;',
      '!',
      'x',
    );
    for (let run = 0; run < 4_000; run += 1) {
      const pick = (): string => atoms[Math.floor(random() * atoms.length)] ?? '';
      const text = Array.from({ length: 14 }, pick).join('');
      assert.deepEqual(targetsOf(makeLinksInert(text)).filter(isLive), [], JSON.stringify(text));
    }
  });

  it('keep other links, and code as it is', () => {
    const text = [
      'See [web](https://example.org/a?b=c), [mail](mailto:a@b.c), [file](src/cart.ts#L3), `x: y`.',
      '```html',
      '<a href="javascript:x()">a</a> [a](command:x)',
      '```',
      'std::vector<std::string> f(a: number); switch (x) { case a[i]: b: }',
      '',
    ].join('\n');
    assert.equal(makeLinksInert(text), text);
    assert.equal(makeLinksInert(''), '');
  });

  it('show facts of a server as text', () => {
    for (const text of [...live, ...hostileCorpus]) {
      const line = `- **Family**: ${toInertMarkdown(text)}`;
      assert.deepEqual(targetsOf(line), [], line);
      assert.ok(!line.includes('\n'));
    }
    assert.equal(
      toInertMarkdown('4.3B · Q4_K_M, 8,192 tokens (max)'),
      '4.3B · Q4_K_M, 8,192 tokens (max)',
    );
  });
});

describe('M8 an address that an answer shows', () => {
  const url = 'https://example.org/a';

  it('is one that its reader sees as words', () => {
    for (const text of [`See ${url}.`, `<${url}>`, `[${url}](${url})`, `\`${url}\``, `(${url})`]) {
      assert.equal(showsAddress(text, url), true, text);
    }
  });

  it('is none that only a link leads to, that is part of a longer one, or that is not there', () => {
    const texts = [
      `[docs](${url})`,
      `[docs]( <${url}>)`,
      `[b]: ${url}`,
      `${url}/secret`,
      `${url}?q=1`,
      'x',
    ];
    for (const text of texts) assert.equal(showsAddress(text, url), false, text);
    assert.equal(showsAddress('x', ''), false);
  });
});
