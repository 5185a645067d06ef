import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import { pageHtml } from '../../../src/panel/html';
import { origin, serveSite } from './site';

/** The markdown renderer alone in Chromium, under the chat page's own policy. */
export class MarkdownHarness {
  readonly page: Page;
  /** Errors, refusals of the policy and requests to other origins; empty in every good run. */
  readonly #problems: string[];
  readonly #foreign: readonly string[];

  private constructor(page: Page, problems: string[], foreign: readonly string[]) {
    this.page = page;
    this.#problems = problems;
    this.#foreign = foreign;
  }

  static async open(context: BrowserContext): Promise<MarkdownHarness> {
    const page = await context.newPage();
    const html = pageHtml({
      cspSource: origin,
      nonce: 'bm9uY2UtZm9yLXRlc3Rz',
      pageUri: `${origin}/dist/markdown.js`,
      cssUri: `${origin}/media/page.css`,
      codiconCssUri: `${origin}/dist/codicon.css`,
      language: 'en',
    });
    const foreign = await serveSite(page, html);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(origin);
    await page.waitForFunction(() => 'markdownPage' in window);
    return new MarkdownHarness(page, problems, foreign);
  }

  /** Closes the page; fails if anything ran, was refused or was loaded. */
  async close(): Promise<void> {
    await this.page.close();
    assert.deepEqual([...this.#problems, ...this.#foreign], []);
  }
}
