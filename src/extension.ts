import * as vscode from 'vscode';
import type { Cria } from './app';
import { openEntrances } from './activation/registrations';
import { showError } from './ui/notifications';
import type { OnDemand } from './activation/deferredStartup';

let cria: OnDemand<Cria> | undefined;

/** Only registers: nothing is asked of the network, and little is read, before someone looks. */
export function activate(context: vscode.ExtensionContext): void {
  try {
    cria = openEntrances(context);
  } catch (error) {
    // VS Code shows nothing by itself when an extension does not start.
    void showError(vscode.l10n.t('Cria could not start: {0}', String(error)));
    throw error;
  }
}

/** What is not on disk yet is written; VS Code waits a few seconds for it. */
export async function deactivate(): Promise<void> {
  await cria?.made?.shutDown();
}
