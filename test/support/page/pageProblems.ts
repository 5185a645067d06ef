import type { Page } from 'playwright-core';

/**
 * Records what a document must never do: throw, meet its policy, open a dialog, ask for anything that is not on
 * its own site. Nothing in every good run.
 */
export class PageProblems {
  readonly #page: Page;
  readonly #found: string[] = [];

  /** @param address of the document that is loaded in `page` afterwards */
  constructor(page: Page, address: string) {
    this.#page = page;
    const own = new URL(address).origin;
    page.on('pageerror', (error) => this.#found.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#found.push(message.text());
    });
    page.on('dialog', (dialog) => {
      this.#found.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const { origin, href } = new URL(request.url());
      if (origin !== own) this.#found.push(`request: ${href}`);
    });
  }

  /** What was found since the last time. */
  take(): readonly string[] {
    return this.#found.splice(0);
  }

  /** The same, and nothing is recorded any more: the tab may be used for something else. */
  async end(): Promise<readonly string[]> {
    for (const event of ['pageerror', 'console', 'dialog', 'request']) {
      await this.#page.removeAllListeners(event, { behavior: 'wait' });
    }
    return this.take();
  }
}
