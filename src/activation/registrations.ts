import * as vscode from 'vscode';
import type { App, Shell } from '../app';
import { systemClock as clock } from '../shared/clock';
import { getStorageDirectory } from '../storage/workspaceStore';
import { commandIds } from '../ui/commandIds';
import { showError } from '../ui/dialogs';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { createStatusItem, drawStatus } from '../ui/statusItem';
import { startDeferred } from './deferredStartup';
import { registerCodeActions, trackContextKeys } from './explainOffers';
import { changesLook, openModelsView, readInitialStatus, showPage } from './initialViews';

/**
 * Registers with VS Code everything it must know at startup: commands, views, the status bar item and what
 * editors show. The first use of any of them loads the app.
 */
export function registerAll(context: vscode.ExtensionContext): AppLoader {
  const owned = new DisposableStore();
  context.subscriptions.push(owned);
  const modelsView = owned.add(
    openModelsView(async (entry) => (await app.get()).modelEntries(entry)),
  );
  const statusItem = owned.add(createStatusItem());
  const app: AppLoader = owned.add(new AppLoader(context, () => ({ statusItem, modelsView })));
  for (const id of commandIds) {
    const run = async (...args: readonly unknown[]): Promise<unknown> =>
      (await app.get()).runCommand(id, args);
    owned.add(vscode.commands.registerCommand(id, run));
  }
  const resolveWebviewView = async (view: vscode.WebviewView): Promise<void> => {
    showPage(view.webview, context.extensionUri);
    const changes = vscode.workspace.onDidChangeConfiguration((event) => {
      if (changesLook(event)) showPage(view.webview, context.extensionUri);
    });
    view.onDidDispose(() => void changes.dispose());
    // VS Code gets the page first, and reads it while the app is loaded here.
    if (!app.loaded) await nextTurn();
    (await app.get()).showChat(view);
  };
  owned.add(vscode.window.registerWebviewViewProvider('cria.chat', { resolveWebviewView }));
  owned.add(registerCodeActions());
  owned.add(trackContextKeys());
  const { status, holdsPassword } = readInitialStatus();
  drawStatus(statusItem, status);
  const wake = (): void => {
    // A failed load has shown a notification; the next use tries again.
    app.get().catch(() => undefined);
  };
  owned.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('cria')) wake();
    }),
  );
  owned.add(startDeferred({ directory: getStorageDirectory(context), holdsPassword, clock, wake }));
  return app;
}

/** Resolves once VS Code has sent what it was given. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void clock.after(0, resolve));
}

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
