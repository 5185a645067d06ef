import type { FrameLocator, Locator } from 'playwright-core';
import { isRunning, type TurnState } from '../../../src/shared/turn';
import { isFloor } from '../../support/vscodeInstall';
import type { Workbench } from './workbench';

/** How long a model may take: a net under what hangs, on slow machines too. */
export const MODEL_PATIENCE_MS = 120_000;

/** The oldest VS Code keeps Escape in its lists to itself, and gives the editor the focus. */
export const escapeLeadsBack = !isFloor();

/** The chat view's page, which VS Code shows inside two nested frames. */
export class ChatPanel {
  readonly #workbench: Workbench;
  readonly content: FrameLocator;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.content = workbench.page
      // Reports have such a frame, too. When a view was hidden, VS Code no longer says that it is one.
      .frameLocator('.webview.ready[src*="extensionId=cria.cria"] >> visible=true >> nth=0')
      .frameLocator('#active-frame');
  }

  /** Opens the view by its command and waits for the page. */
  async open(): Promise<void> {
    await this.#workbench.runCommand('Cria: Open Chat');
    await this.messageBox().waitFor();
  }

  /** As {@link open}; the next key goes into the message. */
  async focus(): Promise<void> {
    await this.open();
    await this.hasFocus();
  }

  /** Waits until the next key goes into the message. */
  async hasFocus(): Promise<void> {
    await this.messageBox().and(this.content.locator(':focus')).waitFor();
  }

  /** Begins another conversation by the button above the view. */
  async newConversation(): Promise<void> {
    await this.#pressTitleButton('New Chat');
    await this.turns('user').first().waitFor({ state: 'detached' });
    await this.messageBox().waitFor();
  }

  /** Opens the list of the folder's conversations by the button above the view. */
  async showHistory(): Promise<void> {
    await this.#pressTitleButton('Show Chats');
  }

  /** Leaves a list that was opened from the panel: the next key goes into the message. */
  async leaveList(): Promise<void> {
    await this.#workbench.page.keyboard.press('Escape');
    if (escapeLeadsBack) await this.hasFocus();
  }

  messageBox(): Locator {
    return this.content.locator('textarea[aria-label="Message"]');
  }

  /** What is attached to the message that is being written, by its name. */
  chip(label: string): Locator {
    return this.content.locator('.composer .chip').filter({ hasText: label });
  }

  /** A message that waits for the running answer. */
  queued(text: string): Locator {
    return this.content.locator('.queued').filter({ hasText: text });
  }

  button(name: string): Locator {
    return this.content.getByRole('button', { name });
  }

  /** Types a message, sends it with Enter and waits until its answer has a place. */
  async send(text: string): Promise<void> {
    const before = await this.turns('assistant').count();
    await this.messageBox().fill(text);
    await this.messageBox().press('Enter');
    await this.turns('assistant').nth(before).waitFor();
  }

  async stop(): Promise<void> {
    await this.content.getByRole('button', { name: 'Stop', exact: true }).click();
  }

  transcript(): Locator {
    return this.content.getByRole('log');
  }

  turns(role: 'user' | 'assistant'): Locator {
    return this.content.locator(`article[data-role="${role}"]`);
  }

  lastAnswer(): Locator {
    return this.turns('assistant').last();
  }

  /** Waits until the newest answer is in one of these states; of one that ended, until all is drawn. */
  async waitForState(...states: readonly TurnState[]): Promise<void> {
    const wanted = states.map((state) => `[data-state="${state}"]`).join(', ');
    await this.lastAnswer()
      .and(this.content.locator(wanted))
      .waitFor({ timeout: MODEL_PATIENCE_MS });
    if (states.some(isRunning)) return;
    const isDrawn = this.transcript().and(this.content.locator('[aria-busy="false"]'));
    await isDrawn.waitFor({ timeout: MODEL_PATIENCE_MS });
  }

  /** Waits until that many characters of the newest answer are on the screen. */
  async waitForText(length: number): Promise<void> {
    const text = new RegExp(`[^]{${length},}`, 'u');
    await this.#lastText().filter({ hasText: text }).waitFor({ timeout: MODEL_PATIENCE_MS });
  }

  /** The text of the newest answer, as it is on the screen. */
  text(): Promise<string> {
    return this.#lastText().innerText();
  }

  /** What a turn, or the whole panel, says went wrong, and its buttons. */
  notice(): Locator {
    return this.content.locator('.notice');
  }

  /** The reasoning is text, too, inside its own block. */
  #lastText(): Locator {
    return this.lastAnswer().locator('> .markdown');
  }

  /** The buttons next to a view's name are shown only on hover. */
  async #pressTitleButton(name: string): Promise<void> {
    const header = this.#workbench.page.locator('.pane-header', { hasText: 'Chat' });
    await header.hover();
    await header.getByRole('button', { name }).click();
  }
}
