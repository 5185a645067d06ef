import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import createMarkdownIt from 'markdown-it';
import { parseCodeBlocks, withStandardFences } from '../../../src/shared/markdown/codeBlocks';

const reader = createMarkdownIt();

/** The code blocks that any other reader of Markdown sees. */
function readBlocks(markdown: string): readonly (readonly [string, string])[] {
  return reader
    .parse(markdown, {})
    .filter(({ type }) => type === 'fence')
    .map(({ info, content }) => [info.trim(), content.replace(/\n$/u, '')]);
}

/** Of a block that was cut off, the last line has no end yet. */
const own = (answer: string): readonly (readonly [string, string])[] =>
  parseCodeBlocks(answer).map(({ info, text }) => [info, text.replace(/\n$/u, '')]);

describe('code blocks in an exported chat', () => {
  const answers: Readonly<Record<string, string>> = {
    'a block inside a markdown block':
      'So:\n\n```markdown\n# A\n\n```js\nx();\n```\n\nEnd\n```\nAfter',
    'tildes inside tildes': '~~~md\n~~~ts\nx\n~~~\n~~~\nAfter',
    'a block that was cut off': 'So:\n\n```ts\nconst a = 1;',
    'a cut-off block in a list': '- Do this:\n  ```ts\n  const a = 1;',
    'a block in a list that continues at the margin':
      '1. Do this:\n   ```ts\nconst a = 1;\n```\n2. Then',
    'a block in a quote': '> So:\n> ```ts\n> a\n> ```\nAfter',
    'a block that is indented like code': 'So:\n\n    ```ts\n    a\n    ```\nAfter',
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`are the same for other readers: ${name}`, () => {
      assert.ok(own(answer).length > 0);
      assert.deepEqual(readBlocks(withStandardFences(answer)), own(answer));
    });
  }

  it('and all around them stay as they are where every reader agrees', () => {
    const answer =
      '# A\n\n- b\n  ```ts\n  c\n  ```\n\n````md\n```js\nd\n```\n````\n\n| e |\n|---|\n';
    assert.equal(withStandardFences(answer), answer);
  });

  it('are the same for other readers in any mixture', () => {
    const line = fc.constantFrom(
      ...['', 'text', '```', '```ts', '```markdown', '~~~', '~~~js', '- item', '  ```js', '  ```'],
      ...['1. one', '   ```py', '   code', '> quote', '> ```c', '> ```', '    ~~~', '````'],
    );
    const texts = fc.array(line, { maxLength: 14 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(texts, (text) => {
        // An answer in one fence counts its inner blocks, too.
        const blocks = own(`Here it is.\n\n${text}`);
        assert.deepEqual(readBlocks(withStandardFences(`Here it is.\n\n${text}`)), blocks);
      }),
      { numRuns: 3_000, seed: 20261130 },
    );
  });
});
