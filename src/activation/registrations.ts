import * as vscode from 'vscode';
import type { Cria } from '../app';
import { systemClock as clock } from '../shared/clock';
import { getStorageDirectory } from '../storage/storageDirectory';
import { commandIds } from '../ui/commandIds';
import { DisposableStore } from '../ui/disposables';
import { showError } from '../ui/notifications';
import { showPage } from './chatPage';
import { OnDemand, wakeUnasked } from './deferredStartup';
import { registerCodeActions } from './explainCodeActions';
import { trackExplainable } from './explainContextKeys';
import { firstLook } from './initialStatus';
import { openModelsView } from './modelsViewShell';
import { createStatusItem, drawStatus } from './statusItem';

/** What VS Code has of Cria from its start, and Cria draws on. */
export interface Entrances {
  readonly statusItem: vscode.StatusBarItem;
  readonly modelsView: ReturnType<typeof openModelsView>;
}

/**
 * All that VS Code is told at activation: commands, views, and what editors show. Whatever is used first
 * brings the rest, which is a bundle of its own.
 */
export function openEntrances(context: vscode.ExtensionContext): OnDemand<Cria> {
  const owned = new DisposableStore();
  context.subscriptions.push(owned);
  const cria: OnDemand<Cria> = owned.add(
    new OnDemand(() => load(context, { statusItem, modelsView })),
  );
  for (const id of commandIds) {
    const run = async (...args: readonly unknown[]): Promise<unknown> =>
      (await cria.get()).runCommand(id, args);
    owned.add(vscode.commands.registerCommand(id, run));
  }
  const resolveWebviewView = async (view: vscode.WebviewView): Promise<void> => {
    showPage(view.webview, context.extensionUri);
    // VS Code gets the page first: it reads that while all the rest is read here.
    if (!cria.made) await nextTurn();
    (await cria.get()).joinChat(view);
  };
  owned.add(vscode.window.registerWebviewViewProvider('cria.chat', { resolveWebviewView }));
  const modelsView = owned.add(
    openModelsView(async (entry) => (await cria.get()).modelEntries(entry)),
  );
  owned.add(registerCodeActions());
  owned.add(trackExplainable());
  const statusItem = owned.add(createStatusItem());
  const { status, holdsPassword } = firstLook();
  drawStatus(statusItem, status);
  const wake = (): void => void cria.get();
  owned.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('cria')) wake();
    }),
  );
  owned.add(wakeUnasked({ directory: getStorageDirectory(context), holdsPassword, clock, wake }));
  return cria;
}

async function load(context: vscode.ExtensionContext, entrances: Entrances): Promise<Cria> {
  try {
    const { compose } = await import('../app');
    return compose(context, entrances);
  } catch (error) {
    // VS Code shows nothing by itself where nobody asked.
    void showError(vscode.l10n.t('Cria could not start: {0}', String(error)));
    throw error;
  }
}

/** What was given to VS Code until now is sent by then. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void clock.after(0, resolve));
}
