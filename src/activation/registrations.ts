import * as vscode from 'vscode';
import { systemClock as clock } from '../shared/clock';
import { getStorageDirectory } from '../storage/storageDirectory';
import { commandIds } from '../ui/commandIds';
import { DisposableStore } from '../ui/disposables';
import { createStatusItem, drawStatus } from '../ui/statusItem';
import { AppLoader } from './appLoader';
import { startDeferred } from './deferredStartup';
import { registerCodeActions, trackContextKeys } from './explainOffers';
import { openModelsView, readInitialStatus, showPage } from './initialViews';

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
