import type { ConsoleMessage, Dialog, Page, Request } from 'playwright-core';

/**
 * Hears what a document must never do: throw, meet its policy, open a dialog, ask for anything that is
 * not on its own site. Nothing in every good run.
 */
export class PageProblems {
  readonly #page: Page;
  readonly #origin: string;
  #found: string[] = [];

  /** @param address of the document that is loaded in `page` afterwards */
  constructor(page: Page, address: string) {
    this.#page = page;
    this.#origin = new URL(address).origin;
    page.on('pageerror', this.#onError);
    page.on('console', this.#onConsole);
    page.on('dialog', this.#onDialog);
    page.on('request', this.#onRequest);
  }

  /** What was found since the last time. */
  take(): readonly string[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** The same, and nothing is heard any more: the tab may be used for something else. */
  end(): readonly string[] {
    this.#page.off('pageerror', this.#onError);
    this.#page.off('console', this.#onConsole);
    this.#page.off('dialog', this.#onDialog);
    this.#page.off('request', this.#onRequest);
    return this.take();
  }

  readonly #onError = (error: Error): void => void this.#found.push(String(error));

  readonly #onConsole = (message: ConsoleMessage): void => {
    if (message.type() === 'error') this.#found.push(message.text());
  };

  readonly #onDialog = (dialog: Dialog): void => {
    this.#found.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  };

  readonly #onRequest = (request: Request): void => {
    const { origin, href } = new URL(request.url());
    if (origin !== this.#origin) this.#found.push(`request: ${href}`);
  };
}
