import * as vscode from 'vscode';

/** Context key: a list or input box that was opened from the panel is visible. */
export const listFromPanelKey = 'cria.askedInPanel';

/**
 * Returns the focus to the message after a list or input box that was opened from the panel. When VS Code
 * closes a list it focuses the editor, so a user who keeps typing would write into the code. Lists opened by
 * a command, or closed by a click elsewhere, leave the focus alone.
 */
export class FocusReturn {
  #toMessage: () => void = () => undefined;
  /** The request from the panel that is still running. */
  #asked: symbol | undefined;
  #shown = 0;
  /** The last list was closed with Escape, and none was shown since. */
  #isLeft = false;

  /** @param toMessage focuses the message input; must not throw */
  onReturn(toMessage: () => void): void {
    this.#toMessage = toMessage;
  }

  /** Runs a request from the panel; lists shown meanwhile count as opened from it. */
  async fromPanel(run: () => PromiseLike<unknown>): Promise<void> {
    const asked = Symbol();
    this.#asked = asked;
    this.#isLeft = false;
    try {
      await run();
    } finally {
      // No other request will show another list in its place.
      if (this.#asked === asked) this.#end();
    }
  }

  /**
   * The same for a command that a button in the panel's title can run, too. VS Code passes arguments to
   * commands of such buttons, and none to commands run by a key or the palette.
   */
  async fromTitle(args: readonly unknown[], run: () => PromiseLike<unknown>): Promise<void> {
    if (args.length === 0) await run();
    else await this.fromPanel(run);
  }

  /** Waits for a list or input box. If it was opened from the panel, Escape returns to the message. */
  async whileOpen<T>(closed: PromiseLike<T>): Promise<T> {
    if (!this.#asked) return closed;
    this.#isLeft = false;
    this.#shown += 1;
    if (this.#shown === 1) this.#tell(true);
    try {
      return await closed;
    } finally {
      this.#shown -= 1;
      if (this.#shown === 0) this.#tell(false);
    }
  }

  /** No more lists follow: returns to the message. */
  returnToMessage(): void {
    if (this.#asked) this.#toMessage();
    this.#asked = undefined;
  }

  /** The focus moves elsewhere, such as into an editor. */
  release(): void {
    this.#asked = undefined;
  }

  /** Runs when Escape closes a list. */
  async closeList(): Promise<void> {
    this.#isLeft = true;
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  }

  #end(): void {
    if (this.#isLeft) this.returnToMessage();
    else this.release();
  }

  #tell(isShown: boolean): void {
    void vscode.commands.executeCommand('setContext', listFromPanelKey, isShown);
  }
}
