import type { Locator } from 'playwright-core';
import { MODEL_PATIENCE_MS } from './chatPanel';
import type { Workbench } from './workbench';

/** A comment thread in the editor, which holds an explanation and its follow-ups. */
export class CommentThread {
  readonly #workbench: Workbench;
  readonly widget: Locator;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.widget = workbench.page.locator('.review-widget').last();
  }

  comments(): Locator {
    return this.widget.locator('.review-comment');
  }

  lastBody(): Locator {
    return this.comments().last().locator('.comment-body');
  }

  /** An action in the thread's title bar, such as `Stop Explanation`. */
  action(title: string): Locator {
    return this.widget.locator('.review-actions').getByRole('button', { name: title });
  }

  /** A button in a comment of Cria's own. */
  link(label: string): Locator {
    return this.comments().last().locator('.comment-body a').getByText(label, { exact: true });
  }

  /** Takes every thread away. */
  async dismissAll(): Promise<void> {
    const threads = this.#workbench.page.locator('.review-widget');
    // A long thread may have its actions above what is in view.
    if ((await threads.count()) > 0) await this.#workbench.selectLines(1, 1);
    for (let left = await threads.count(); left > 0; left--) {
      await this.action('Dismiss Explanation').click();
      await threads.nth(left - 1).waitFor({ state: 'detached' });
    }
  }

  /** Waits until that many characters of the newest comment are shown. */
  async waitForText(length: number): Promise<void> {
    const text = new RegExp(`[^]{${length},}`, 'u');
    await this.lastBody().filter({ hasText: text }).waitFor({ timeout: MODEL_PATIENCE_MS });
  }

  /** Waits until nothing is being written into the thread. */
  async waitUntilDone(): Promise<void> {
    await this.action('Regenerate Explanation').waitFor({ timeout: MODEL_PATIENCE_MS });
  }

  /** Types a follow-up question into the reply box, sends it and waits until it is shown. */
  async ask(question: string): Promise<void> {
    await this.write(question);
    await this.send(question);
  }

  /** Types a follow-up question into the reply box. VS Code must have made just one. */
  async write(question: string): Promise<void> {
    const reply = this.widget.locator('.review-thread-reply-button');
    await reply.waitFor();
    await this.#workbench.settled(reply);
    await reply.click();
    await this.widget.locator('.comment-form .monaco-editor').click();
    await this.#workbench.page.keyboard.type(question);
  }

  /** Sends the question in the reply box, and waits until it is shown. */
  async send(question: string): Promise<void> {
    await this.askButton().click();
    await this.comments().getByText(question, { exact: true }).waitFor();
  }

  askButton(): Locator {
    return this.widget.locator('.form-actions').getByRole('button', { name: /^Ask/u });
  }
}
