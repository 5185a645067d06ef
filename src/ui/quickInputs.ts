import * as vscode from 'vscode';
import type { FocusReturn } from './focusReturn';
import type { Disposable } from './disposables';

/** As of `vscode.window.showInputBox`; what is wrong with a text is said while it is typed. */
interface TextQuestion {
  readonly title?: string;
  readonly prompt?: string;
  readonly value?: string;
  readonly validate: (text: string) => string | undefined;
}

/**
 * Questions that follow one another, each in the place of the one before.
 *
 * A quick input that closes gives the focus back to what had it. A view's page takes it late, and so
 * closes the next question that has just opened (microsoft/vscode#93950). What was answered therefore
 * stays until the next one is shown, or until the last of them is disposed of with this.
 */
export class QuickInputs implements Disposable {
  readonly #focusReturn: FocusReturn | undefined;
  #shown: vscode.QuickInput | undefined;

  /** @param asking where it may be somebody in the panel who is asked */
  constructor(focusReturn?: FocusReturn) {
    this.#focusReturn = focusReturn;
  }

  /** Shows an input; the one before it is gone then. */
  show(input: vscode.QuickInput): void {
    const before = this.#shown;
    this.#shown = input;
    void this.#focusReturn?.whileOpen(new Promise<void>((closed) => input.onDidHide(closed)));
    input.show();
    before?.dispose();
  }

  /** As `vscode.window.showQuickPick`: undefined when the list was left. */
  pick<T extends vscode.QuickPickItem>(
    items: readonly T[],
    texts: { readonly title?: string; readonly placeholder?: string },
  ): Promise<T | undefined> {
    return this.#choose(items, { ...texts, canSelectMany: false }).then((chosen) => chosen[0]);
  }

  /** The same for any number of rows; none when the list was left. */
  pickMany<T extends vscode.QuickPickItem>(
    items: readonly T[],
    texts: { readonly title?: string; readonly placeholder?: string },
  ): Promise<readonly T[]> {
    return this.#choose(items, { ...texts, canSelectMany: true });
  }

  /** As `vscode.window.showInputBox`: undefined when the box was left. */
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
  ): Promise<readonly T[]> {
    const list = Object.assign(vscode.window.createQuickPick<T>(), { ...options, items });
    return new Promise((resolve) => {
      list.onDidAccept(() => resolve(list.selectedItems));
      list.onDidHide(() => resolve([]));
      this.show(list);
    });
  }

  dispose(): void {
    this.#shown?.dispose();
    this.#shown = undefined;
  }
}

/** Asks what a flow has to ask; nothing of it is left on the screen when the flow has ended. */
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
