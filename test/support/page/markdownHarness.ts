import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PageProblems } from './pageProblems';
import { publish } from './site';

/** The markdown renderer alone in Chromium, under the chat page's own policy. */
export class MarkdownHarness {
  readonly page: Page;
  readonly #problems: PageProblems;

  private constructor(page: Page, problems: PageProblems) {
    this.page = page;
    this.#problems = problems;
  }

  static async open(page: Page): Promise<MarkdownHarness> {
    const address = await publish({ script: '/dist/markdown.js', language: 'en' });
    const problems = new PageProblems(page, address);
    await page.goto(address);
    await page.waitForFunction(() => 'markdownPage' in window);
    return new MarkdownHarness(page, problems);
  }

  /** Leaves the tab to others; fails if anything ran, was refused or was loaded. */
  close(): void {
    assert.deepEqual(this.#problems.end(), []);
  }
}
