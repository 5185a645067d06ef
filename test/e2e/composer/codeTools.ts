import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { ChatPanel } from '../support/chatPanel';
import type { Workbench } from '../support/workbench';

export type Hand = 'mouse' | 'keys';

/** How to decide on a change that is shown: above it, in the title of its editor, by a key or a command. */
export type Way = 'lens' | 'title' | 'key' | 'palette';

/** The buttons of the code in an answer, and the diff that some of them show first. */
export class CodeTools {
  readonly #page: Page;
  readonly #workbench: Workbench;
  readonly #chat: ChatPanel;

  constructor({ page, workbench, chat }: { page: Page; workbench: Workbench; chat: ChatPanel }) {
    this.#page = page;
    this.#workbench = workbench;
    this.#chat = chat;
  }

  /** Presses a button of the newest answer's code or of its menu, by the mouse or by keys that begin in the message. */
  async press(name: string, by: Hand): Promise<void> {
    const tools = this.#chat.lastAnswer().getByRole('toolbar');
    const isInMenu = (await tools.getByRole('button', { name, exact: true }).count()) === 0;
    if (by === 'mouse') {
      if (isInMenu) await tools.getByRole('button', { name: 'More Actions…' }).click();
      await tools.getByRole(isInMenu ? 'menuitem' : 'button', { name, exact: true }).click();
      return;
    }
    await this.#chat.focus();
    await this.step('Shift+Tab', 'Copy Code');
    await this.step('ArrowLeft', isInMenu ? 'More Actions…' : name);
    await this.#page.keyboard.press('Enter');
    if (!isInMenu) return;
    await this.step('ArrowDown', name);
    await this.#page.keyboard.press('Enter');
  }

  /** Presses a key until what has the focus in the chat is named so. */
  async step(key: string, name: string): Promise<void> {
    for (let presses = 0; !(await this.#focused()).includes(name); presses++) {
      assert.ok(presses < 14, `${key} does not come to ${name}.`);
      await this.#page.keyboard.press(key);
    }
  }

  /** Takes the change of that file which is shown, and waits until it is not shown any more. */
  async take(file: string, way: Way): Promise<void> {
    await this.decide(file, 'Accept', way);
  }

  /** Decides on all of the change of that file which is shown, and waits until it is not shown any more. */
  async decide(file: string, decision: 'Accept' | 'Discard', way: Way): Promise<void> {
    await this.#workbench.changeOf(file).waitFor();
    const button = this.#page.locator('.editor-actions').getByText(decision, { exact: true });
    // The palette that is opened before VS Code knows what is shown does not learn of it.
    await button.waitFor();
    if (way === 'title') await button.click();
    else if (way === 'lens') await this.lens(decision).click();
    else if (way === 'palette') await this.#workbench.runCommandByKeys(`Cria: ${decision} Change`);
    else {
      await this.#page.locator('.monaco-diff-editor .monaco-editor.focused').waitFor();
      await this.#page.keyboard.press(decision === 'Accept' ? 'Control+Enter' : 'Escape');
    }
    await this.#workbench.changeOf(file).waitFor({ state: 'detached' });
  }

  /** The first button of that name above the changes that are shown. */
  lens(name: string): Locator {
    const lenses = this.#page.locator('.monaco-diff-editor .codelens-decoration a');
    return lenses.getByText(name, { exact: true }).first();
  }

  /** What has the focus in the chat's page, by its name or its words. */
  #focused(): Promise<string> {
    return this.#chat.content.locator('body').evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
  }
}
