import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import { escapeNotificationLinks, matchTemplate, toDialogLine } from '../shared/text';
import type { Disposable } from './disposables';

/**
 * The only way to VS Code's notifications. It removes Markdown links, because messages contain text of
 * models and servers. Each function returns the button that was pressed.
 */

export function showInformation(
  sentence: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showInformationMessage(escapeNotificationLinks(sentence), ...buttons);
}

export function showWarning(
  sentence: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(escapeNotificationLinks(sentence), ...buttons);
}

export function showError(
  sentence: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showErrorMessage(escapeNotificationLinks(sentence), ...buttons);
}

export interface Step {
  readonly message: string;
  /** In percent. */
  readonly increment: number;
}

/** A progress notification that stays while a task runs. */
export function showProgress<T>(
  title: string,
  task: (report: (step: Step) => void, cancelled: vscode.CancellationToken) => Promise<T>,
  { cancellable = false } = {},
): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title: escapeNotificationLinks(title), cancellable },
    (progress, cancelled) =>
      task(
        (step) => progress.report({ ...step, message: escapeNotificationLinks(step.message) }),
        cancelled,
      ),
  );
}

/** Ends the keys of sentences that come from code without VS Code. */
const mark = '/client';

/**
 * Translates a sentence that was made without VS Code (by the client, a server, or for an attachment) if the
 * l10n bundle has its form; else returns it unchanged.
 */
export function translated(words: string): string {
  for (const key of Object.keys(vscode.l10n.bundle ?? {})) {
    const message = key.slice(0, -mark.length);
    const parts = key.endsWith(mark) ? matchTemplate(message, words) : undefined;
    if (!parts) continue;
    return vscode.l10n.t({ message, comment: [mark.slice(1)], args: parts.map(translated) });
  }
  return words;
}

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

/** The options of `vscode.window.showInputBox`, with validation while the user types. */
interface TextQuestion {
  readonly title?: string;
  readonly prompt?: string;
  readonly value?: string;
  readonly validate: (text: string) => string | undefined;
}

/**
 * Successive questions, each replacing the previous one.
 *
 * A quick input that closes returns the focus. A webview receives it late and so closes the next question,
 * which has just opened (microsoft/vscode#93950). Therefore an answered question stays open until the next
 * one is shown or this is disposed of.
 */
export class QuickInputs implements Disposable {
  readonly #focusReturn: FocusReturn | undefined;
  #shown: vscode.QuickInput | undefined;

  /** @param asking if the question may come from the panel */
  constructor(focusReturn?: FocusReturn) {
    this.#focusReturn = focusReturn;
  }

  /** Shows an input in place of the previous one. */
  show(input: vscode.QuickInput): void {
    const before = this.#shown;
    this.#shown = input;
    void this.#focusReturn?.whileOpen(new Promise<void>((closed) => input.onDidHide(closed)));
    input.show();
    before?.dispose();
  }

  /** Like `vscode.window.showQuickPick`: undefined if the list was closed. */
  pick<T extends vscode.QuickPickItem>(
    items: readonly T[],
    {
      hasNoDefault = false,
      ...texts
    }: {
      readonly title?: string;
      readonly placeholder?: string;
      /** Enter takes nothing until the user has moved to a row. */
      readonly hasNoDefault?: boolean;
    },
  ): Promise<T | undefined> {
    const options = { ...texts, canSelectMany: false };
    return this.#choose(items, options, hasNoDefault).then((chosen) => chosen[0]);
  }

  /** The same for several rows; none if the list was closed. */
  pickMany<T extends vscode.QuickPickItem>(
    items: readonly T[],
    texts: { readonly title?: string; readonly placeholder?: string },
  ): Promise<readonly T[]> {
    return this.#choose(items, { ...texts, canSelectMany: true });
  }

  /** Like `vscode.window.showInputBox`: undefined if the box was closed. */
  text({ validate, value = '', ...texts }: TextQuestion): Promise<string | undefined> {
    const box = vscode.window.createInputBox();
    Object.assign(box, texts);
    box.value = value;
    box.valueSelection = [0, value.length];
    box.onDidChangeValue((typed) => (box.validationMessage = validate(typed)));
    return new Promise((resolve) => {
      box.onDidAccept(() => {
        box.validationMessage = validate(box.value);
        if (box.validationMessage === undefined) resolve(box.value);
      });
      box.onDidHide(() => resolve(undefined));
      this.show(box);
    });
  }

  #choose<T extends vscode.QuickPickItem>(
    items: readonly T[],
    options: Partial<Pick<vscode.QuickPick<T>, 'title' | 'placeholder' | 'canSelectMany'>>,
    hasNoDefault = false,
  ): Promise<readonly T[]> {
    const list = Object.assign(vscode.window.createQuickPick<T>(), { ...options, items });
    return new Promise((resolve) => {
      list.onDidAccept(() => resolve(list.selectedItems));
      list.onDidHide(() => resolve([]));
      // Set after the list is shown, Enter would take the first row until then.
      if (hasNoDefault) list.activeItems = [];
      this.show(list);
    });
  }

  dispose(): void {
    this.#shown?.dispose();
    this.#shown = undefined;
  }
}

/** Runs a flow of questions and closes the last one when the flow ends. */
export async function withQuickInputs<T>(
  flow: (inputs: QuickInputs) => Promise<T>,
  focusReturn?: FocusReturn,
): Promise<T> {
  const inputs = new QuickInputs(focusReturn);
  try {
    return await flow(inputs);
  } finally {
    inputs.dispose();
  }
}

/**
 * The words of a dialog that has to be answered. They hold names and addresses of others, which must not look like
 * words of Cria: each stays one line, with hidden characters written out.
 */
export function dialogTexts(
  sentence: string,
  detail: readonly string[] = [],
): readonly [sentence: string, options: vscode.MessageOptions] {
  const lines = detail.map(toDialogLine);
  return [
    toDialogLine(sentence),
    { modal: true, ...(lines.length > 0 && { detail: lines.join('\n') }) },
  ];
}

/** Shows a sentence in the status bar, where VS Code would draw `$(name)` in a name as an icon. */
export function showStatus(sentence: string, ms = 5_000): void {
  vscode.window.setStatusBarMessage(asIconLabel(sentence, 500), ms);
}
