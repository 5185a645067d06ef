import * as vscode from 'vscode';
import type { App, Shell } from '../app';
import type { Disposable } from '../ui/disposables';
import { showError } from '../ui/dialogs';

/** Loads the app, which is a separate bundle, when Cria is first used in a window. */
export class AppLoader implements Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #shell: () => Shell;
  #loading: Promise<App> | undefined;
  #app: App | undefined;
  #isDisposed = false;

  constructor(context: vscode.ExtensionContext, shell: () => Shell) {
    this.#context = context;
    this.#shell = shell;
  }

  /** Undefined until the app has been loaded. */
  get loaded(): App | undefined {
    return this.#app;
  }

  /** Rejects if the app cannot be loaded, after a notification; the next call tries again. */
  get(): Promise<App> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#app?.dispose();
  }

  async #load(): Promise<App> {
    try {
      const { createApp } = await import('../app');
      const app = createApp(this.#context, this.#shell());
      this.#app = app;
      if (this.#isDisposed) app.dispose();
      return app;
    } catch (error) {
      this.#loading = undefined;
      // VS Code shows nothing by itself when no command was run.
      void showError(vscode.l10n.t('Cria could not start: {0}', String(error)));
      throw error;
    }
  }
}
