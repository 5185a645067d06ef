import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PageProblems } from '../../support/page/pageProblems';
import { publish } from '../../support/page/site';
import { giveBack, takeTab } from '../../support/page/usePage';

/**
 * The Markdown renderer alone in Chromium for each test of a `describe`, under the chat page's own policy. A
 * test in which anything ran, was refused or was loaded fails.
 */
export function useMarkdownPage(): { readonly page: Page } {
  let page: Page | undefined;
  let problems: PageProblems | undefined;
  beforeEach(async () => {
    page = await takeTab();
    const address = await publish({ script: '/dist/markdown.js', language: 'en' });
    problems = new PageProblems(page, address);
    await page.goto(address);
    await page.waitForFunction(() => 'markdownPage' in window);
  });
  afterEach(async () => {
    const found = await problems?.end();
    if (page) await giveBack(page);
    assert.deepEqual(found, []);
  });
  return {
    get page() {
      assert.ok(page);
      return page;
    },
  };
}
