import * as vscode from 'vscode';
import type { FocusReturn } from './focusReturn';
import type { Disposable } from './disposables';

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
    texts: { readonly title?: string; readonly placeholder?: string },
  ): Promise<T | undefined> {
    return this.#choose(items, { ...texts, canSelectMany: false }).then((chosen) => chosen[0]);
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
