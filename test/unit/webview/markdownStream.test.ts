import assert from 'node:assert/strict';
import { tests as commonMark } from 'commonmark-spec';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../support/browser';
import { MarkdownHarness } from '../../support/page/markdownHarness';
import { extendedSamples, lineFuzz } from '../../support/page/markdownSamples';
import { seeded } from '../../support/page/seeded';

/** The specification shows a tab as an arrow. */
const specExamples = commonMark.map(({ markdown }) => markdown.replaceAll('→', '\t'));
const everything = [...specExamples, ...extendedSamples];
const pairs = everything
  .filter((_, at) => at % 3 === 0)
  .map((text, at) => `${text}\n${extendedSamples[at % extendedSamples.length] ?? ''}`);
const fuzz = lineFuzz(seeded(7), 700);

describe('Streaming markdown', function () {
  this.timeout(120_000);
  let browser: Browser;
  let harness: MarkdownHarness;

  before(async () => {
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    harness = await MarkdownHarness.open(browser);
  });
  afterEach(async () => harness.close());
  after(async () => browser.close());

  describe('is in the end what rendering the whole text gives, in pieces of 1, 3 and random', () => {
    const sets = {
      'CommonMark examples': specExamples,
      'tables, tasks, math, definitions, fences': extendedSamples,
      'pairs of those': pairs,
      'random lines': fuzz,
    };
    for (const [name, sources] of Object.entries(sets)) {
      it(`${name}: ${sources.length} texts, ${sources.length * 3} runs`, async () => {
        const { runs, wrong } = await harness.page.evaluate(
          ([all, seed]) => window.markdownPage.compare(all, seed),
          [sources, sources.length] as const,
        );
        assert.deepEqual(wrong.slice(0, 2), []);
        assert.equal(runs, sources.length * 3);
      });
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
});
