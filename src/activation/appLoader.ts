import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { App, Shell } from '../app';
import type { Clock } from '../shared/clock';
import { showError } from '../ui/dialogs';
import type { Disposable } from '../ui/disposables';

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

export interface UnaskedDependencies {
  /** This workspace's storage; it may not exist. */
  readonly directory: string;
  /** The address may contain a name and a password, which must not stay in a file. */
  readonly holdsPassword: boolean;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** By then the window has started. */
const startIsOverMs = 10_000;

/**
 * Loads the app without user action where something is due: a password in the address setting, stored
 * explanations to show and, after startup, conversations, in which deleted text may remain.
 */
export function startDeferred(deps: UnaskedDependencies): Disposable {
  const { directory, holdsPassword, clock, wake } = deps;
  const wakeFor = async (folder: string): Promise<void> => {
    if (await holdsFiles(path.join(directory, folder))) wake();
  };
  if (holdsPassword) wake();
  void wakeFor('explain');
  const cancel = clock.after(startIsOverMs, () => void wakeFor('conversations'));
  return { dispose: cancel };
}

async function holdsFiles(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    // The folder is created with its first file; errors are reported when it is used.
    return false;
  }
}
