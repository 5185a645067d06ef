import assert from 'node:assert/strict';
import { tests as commonMark } from 'commonmark-spec';
import { documentTexts, recordedAnswers } from './longTexts';
import { containerFuzz, dialectSamples, extendedSamples, lineFuzz } from './markdownSamples';
import { seeded } from '../../support/seeded';
import { useMarkdownPage } from './markdownPage';

/** Raised for a long search, up to 10; by itself the suite streams enough to see what breaks the rules. */
const thoroughness = Number(process.env['CRIA_MARKDOWN_RUNS'] ?? 1);

/** The specification shows a tab as an arrow. */
const specExamples = commonMark.map(({ markdown }) => markdown.replaceAll('→', '\t'));
const everything = [...specExamples, ...extendedSamples, ...dialectSamples];
const others = [...extendedSamples, ...dialectSamples];
const pairs = everything
  .filter((_, at) => at % Math.max(1, Math.round(9 / thoroughness)) === 0)
  .map((text, at) => `${text}\n${others[at % others.length] ?? ''}`);
const fuzz = [
  ...lineFuzz(seeded(7), 250 * thoroughness),
  ...containerFuzz(seeded(8), 150 * thoroughness),
];

describe('Streaming markdown', function () {
  this.timeout(120_000 * thoroughness);
  const harness = useMarkdownPage();

  describe('is in the end what rendering the whole text gives, in pieces of 1, 3 and random', () => {
    const sets = {
      'CommonMark examples': specExamples,
      'tables, tasks, math, definitions, fences': extendedSamples,
      'what models write, in several languages': dialectSamples,
      'pairs of those': pairs,
      'random lines': fuzz,
      'recorded answers': recordedAnswers(),
      'the beginnings of documents': documentTexts(500 * thoroughness),
    };
    const asMany = [
      [1, 1],
      [3, 3],
      [1, 12],
    ] as const;
    for (const [name, sources] of Object.entries(sets)) {
      it(`${name}: ${sources.length} texts, ${sources.length * 3} runs`, async () => {
        await checkAll(sources, asMany);
      });
    }

    const whole = documentTexts();
    it(`whole documents, in pieces as posts bring them: ${whole.length} texts`, async () => {
      await checkAll(whole, [[1, 160]]);
    });

    async function checkAll(
      sources: readonly string[],
      lengths: readonly (readonly [number, number])[],
    ): Promise<void> {
      const { runs, wrong } = await harness.page.evaluate(
        ([all, seed, each]) => window.markdownPage.compare(all, seed, each),
        [sources, sources.length, lengths] as const,
      );
      assert.deepEqual(wrong.slice(0, 2), []);
      assert.equal(runs, sources.length * lengths.length);
    }
  });

  it(`has the structure that markdown-it gives the whole text: ${everything.length + fuzz.length} texts`, async () => {
    const wrong = await harness.page.evaluate(
      (all) =>
        all
          .map((source) => {
            const { reference, ours } = window.markdownPage;
            return { source, expected: reference(source), actual: ours(source) };
          })
          .filter(({ expected, actual }) => expected !== actual),
      [...everything, ...fuzz],
    );
    assert.deepEqual(wrong.slice(0, 3), []);
  });

  describe('does only the work it must', () => {
    /**
     * Streams `before`, remembers the nodes that `selector` finds, then streams `after`.
     * @returns how many of those nodes are still shown, and what they say
     */
    async function kept(
      before: string,
      after: string,
      selector: string,
    ): Promise<(string | null)[]> {
      return harness.page.evaluate(
        ([first, rest, wanted]) => {
          const { MarkdownStream, cut } = window.markdownPage;
          const shown = new MarkdownStream();
          const show = (text: string): void => {
            shown.append(text);
            while (shown.advance(() => true));
          };
          show(first);
          const nodes = [...shown.element.querySelectorAll(wanted)].map((node) => node.firstChild);
          cut(rest, () => 3).forEach(show);
          const still = nodes.filter((node) => node && shown.element.contains(node));
          return still.map((node) => node?.textContent ?? null);
        },
        [before, after, selector] as const,
      );
    }

    const prefixes = {
      'at the top': '',
      'in a list': '  ',
      'in a quote': '> ',
      'in both': '> 1. ',
    };
    for (const [where, prefix] of Object.entries(prefixes)) {
      it(`an open fence ${where} grows inside one text node`, async () => {
        const rest = prefix.replace('1.', '  ');
        const first = prefix === '  ' ? '- ' : prefix;
        const after = `b\n${rest}  c\n${rest}\n${rest}d \`\`\n${rest}e`;
        const [text] = await kept(`${first}\`\`\`js\n${rest}a`, after, 'pre code');
        assert.equal(text, 'ab\n  c\n\nd ``\ne');
      });
    }

    it('rows of a table and items of a list stay when others follow', async () => {
      const row = '| a | b |\n';
      assert.equal((await kept(`${row}|---|---|\n${row}${row}`, row.repeat(20), 'td')).length, 4);
      assert.equal((await kept('- a\n- b\n- c\n', '- d\n- e\n  - f\n'.repeat(5), 'li')).length, 3);
    });

    it('what is shown of a paragraph or an item stays when it grows', async () => {
      assert.deepEqual(await kept('One *two* thr', 'ee **four** five', 'p'), ['One ']);
      assert.deepEqual(await kept('- One *two* thr', 'ee **four** five', 'li'), ['One ']);
    });

    const long: Record<string, (at: number) => string> = {
      paragraphs: (at) => `Paragraph ${at} says *some* things about \`code\` and **more**.\n\n`,
      'a list': (at) => `- item ${at} with **words** in it\n`,
      'a numbered list': (at) => `${at + 1}. item ${at} with **words** in it\n`,
      'a list with blank lines': (at) => `- item ${at}\n\n  More of it.\n\n`,
      'a nested list': (at) => `- item ${at}\n  - below it\n    1. deeper\n`,
      'a table': (at) => `${at === 0 ? '| a | b |\n|---|---|\n' : ''}| ${at} | *text* |\n`,
      'a quote': (at) => `> Paragraph ${at} is *quoted*.\n>\n`,
      details: (at) =>
        `${at === 0 ? '<details>\n<summary>All</summary>\n\n' : ''}Paragraph ${at} is *inside*.\n\n`,
      'a list that is indented': (at) => `    - item ${at} with **words** in it\n`,
      'a code block': (at) => `${at === 0 ? '```js\n' : ''}const value${at} = '${at}';\n`,
    };
    for (const [name, part] of Object.entries(long)) {
      it(`parses no more for a piece late in ${name} than early in it`, async () => {
        const text = Array.from({ length: 1200 }, (_, at) => part(at)).join('');
        const { early, late } = await harness.page.evaluate(
          (all) => window.markdownPage.parsed(all, 64),
          text,
        );
        assert.ok(late <= early + 100, `${early} characters early, ${late} late`);
        assert.ok(late < 4000, `${late} characters for a piece of 64`);
      });
    }

    it('a definition that comes late turns what refers to it into links, and nothing else', async () => {
      const before = 'See [it].\n\nPlain.\n\n[Other] text.\n\n';
      const stayed = await kept(
        before,
        'More.\n\n[it]: https://example.org\n\nEnd.\n\nEnd.\n',
        'p',
      );
      assert.deepEqual(stayed, ['Plain.', '[Other] text.']);
    });

    it('knows the block at each place, however the text came', async () => {
      const found = await harness.page.evaluate(() => {
        const { MarkdownStream, cut } = window.markdownPage;
        const text =
          'One [x].\n\n- two\n- three\n\n```js\nfour\n```\n\n[x]: https://example.org\n\nFive';
        const places = ['On', 'three', 'four', 'Five', '- two'].map((part) => text.indexOf(part));
        return [1, 3, 1000].map((length) => {
          const shown = new MarkdownStream();
          for (const piece of cut(text, () => length)) {
            shown.append(piece);
            while (shown.advance(() => true));
          }
          shown.end();
          while (shown.advance(() => true));
          return places.map((place) => {
            const block = shown.blockAt(place);
            return block && shown.element.contains(block) ? block.localName : 'none';
          });
        });
      });
      const expected = ['p', 'ul', 'div', 'p', 'ul'];
      assert.deepEqual(found, [expected, expected, expected]);
    });

    it('a cell of a table is not shown before it is closed, so that the columns stay', async () => {
      const seen = await harness.page.evaluate(() => {
        const { MarkdownStream } = window.markdownPage;
        return ['| on', '| one |', '| one | a \\| b', '# on'].map((line) => {
          const shown = new MarkdownStream();
          shown.append(`| a | b |\n|---|---|\n| x | y |\n${line}`);
          while (shown.advance(() => true));
          return [...shown.element.querySelectorAll('td, h1')].map((cell) => cell.textContent);
        });
      });
      const row = ['x', 'y'];
      assert.deepEqual(seen, [row, [...row, 'one', ''], [...row, 'one', ''], [...row, 'on']]);
    });

    it('marks that are still open are closed, also within a list and a quote', async () => {
      const expected: Readonly<Record<string, string>> = {
        'a **bold': '<p>a <strong>bold</strong></p>',
        'a **bold*': '<p>a <strong>bold</strong></p>',
        'a **bold** and **': '<p>a <strong>bold</strong> and</p>',
        '- **b `co': '<ul dir="auto"><li><strong>b <code>co</code></strong></li></ul>',
        '> ~~gone `': '<blockquote dir="auto"><p><s>gone</s></p></blockquote>',
        '含**「重': '<p>含<strong>「重</strong></p>',
        'see [the **docs](http': '<p>see the <strong>docs</strong></p>',
        'a * b, 2**3, **/*.ts': '<p>a * b, 2**3, **/*.ts</p>',
        '`a ** b` and $x': '<p><code>a ** b</code> and $x</p>',
        '```\n**x': '**x',
      };
      const seen = await harness.page.evaluate((texts) => {
        const { MarkdownStream, html } = window.markdownPage;
        return texts.map((text) => {
          const shown = new MarkdownStream();
          shown.append(text);
          while (shown.advance(() => true));
          return shown.element.querySelector('pre')?.textContent ?? html(shown.element);
        });
      }, Object.keys(expected));
      assert.deepEqual(seen, Object.values(expected));
    });

    it('a line of marks alone is not shown before it is known what it is', async () => {
      const seen = await harness.page.evaluate(() => {
        const { MarkdownStream, html } = window.markdownPage;
        return ['-', '- [', '##', '``', '12', '>', '|', '- a', '#x', '-x'].map((mark) => {
          const shown = new MarkdownStream();
          shown.append(`Text\n${mark}`);
          while (shown.advance(() => true));
          return html(shown.element) === '<p>Text</p>';
        });
      });
      assert.deepEqual(seen, [true, true, true, true, true, true, true, false, false, false]);
    });
  });
});
