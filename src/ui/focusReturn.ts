import * as vscode from 'vscode';

/** Set while a list or box of ours is shown that was opened from the panel. */
export const listFromPanelKey = 'cria.askedInPanel';

/**
 * Whether somebody is being asked who was in the panel. VS Code gives the editor the focus when one of its
 * lists closes, so who goes on typing would write into the code: they get back to the message instead. What
 * was asked by a command, or closed by a click elsewhere, leaves the focus alone.
 */
export class FocusReturn {
  #toMessage: () => void = () => undefined;
  /** What was asked for in the panel, and is not over. */
  #asked: symbol | undefined;
  #shown = 0;
  /** The last that was shown was left by its key, and nothing was shown since. */
  #isLeft = false;

  /** @param toMessage puts the caret into the message; throws nothing */
  onReturn(toMessage: () => void): void {
    this.#toMessage = toMessage;
  }

  /** Does what was asked for in the panel; what is shown meanwhile is shown to somebody there. */
  async fromPanel(run: () => PromiseLike<unknown>): Promise<void> {
    const asked = Symbol();
    this.#asked = asked;
    this.#isLeft = false;
    try {
      await run();
    } finally {
      // Nobody is left who would show another list in its place.
      if (this.#asked === asked) this.#end();
    }
  }

  /**
   * The same for a command that may also come from a button above the panel: VS Code hands what it knows of
   * the view to those, if only that it is nothing, and no argument at all to a key or the palette.
   */
  async fromTitle(args: readonly unknown[], run: () => PromiseLike<unknown>): Promise<void> {
    if (args.length === 0) await run();
    else await this.fromPanel(run);
  }

  /** Waits for a list or box; the key that leaves it leads back, if it was opened from the panel. */
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

  /** Nothing more is asked: what follows is work, or is shown in the panel. */
  returnToMessage(): void {
    if (this.#asked) this.#toMessage();
    this.#asked = undefined;
  }

  /** What follows is somewhere else, such as in an editor. */
  release(): void {
    this.#asked = undefined;
  }

  /** What the key does that leaves a list. */
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
