import assert from 'node:assert/strict';
import publicCases from '../../support/page/publicCases.json';
import { parseCodeBlocks } from '../../../src/shared/markdown/codeBlocks';
import { useMarkdownPage } from './markdownPage';

describe('What models really write, in the page', () => {
  const harness = useMarkdownPage();

  for (const { name, text, html, blocks, words = [], without = [] } of publicCases) {
    it(name, async () => {
      const shown = await harness.page.evaluate((source) => {
        const element = window.markdownPage.stream([source]);
        const codes = [...element.querySelectorAll('.code-block code')].map(
          (code) => code.textContent,
        );
        for (const added of element.querySelectorAll('.code-header')) added.remove();
        for (const added of element.querySelectorAll('[title], [dir]')) {
          added.removeAttribute('title');
          added.removeAttribute('dir');
        }
        return { html: window.markdownPage.html(element), codes, words: element.textContent };
      }, text);
      if (html !== undefined) assert.equal(shown.html, html);
      for (const part of words) assert.ok(shown.words.includes(part), `${part} in ${shown.words}`);
      for (const part of without)
        assert.ok(!shown.words.includes(part), `${part} in ${shown.words}`);
      assert.deepEqual(shown.codes, blocks ?? shown.codes);
    });

    it(`${name}: the same code blocks in the host`, async () => {
      const codes = await harness.page.evaluate((source) => {
        const element = window.markdownPage.stream([source]);
        return [...element.querySelectorAll('.code-block code')].map((code) => code.textContent);
      }, text);
      assert.deepEqual(
        parseCodeBlocks(text).map((block) => block.text),
        codes,
      );
    });
  }

  it('case 10: draws formulas as MathML, with the source to copy, and invalid ones as source', async () => {
    const formulas =
      '$\\hat{y}_i$ \\(a\\) $\\undefined{x}$ $5 and $6\n\n$$\n\\begin{aligned}\na &= b\n\\end{aligned}\n$$';
    const shown = await harness.page.evaluate(async (source) => {
      await window.markdownPage.loadFormulas();
      const element = window.markdownPage.stream([source]);
      document.body.append(element);
      const codes = [...element.querySelectorAll('code.math')];
      getSelection()?.selectAllChildren(element);
      const copied = getSelection()?.toString() ?? '';
      const drawn = codes.map(
        (code) => code.querySelector('math')?.namespaceURI ?? code.textContent,
      );
      element.remove();
      return { drawn, copied };
    }, formulas);
    const mathML = 'http://www.w3.org/1998/Math/MathML';
    assert.deepEqual(shown.drawn, [mathML, mathML, '$\\undefined{x}$', mathML]);
    assert.ok(shown.copied.includes('$\\hat{y}_i$'), shown.copied);
    assert.ok(shown.copied.includes('\\begin{aligned}'), shown.copied);
  });
});
