import * as vscode from 'vscode';
import { type AppLoader, registerAll } from './activation/registrations';
import { showError } from './ui/dialogs';

let app: AppLoader | undefined;

/** Only registers: no network, and little is read, until Cria is used. */
export function activate(context: vscode.ExtensionContext): void {
  try {
    app = registerAll(context);
  } catch (error) {
    // VS Code shows nothing by itself when an extension does not start.
    void showError(vscode.l10n.t('Cria could not start: {0}', String(error)));
    throw error;
  }
}

/** Writes what is not on disk yet; VS Code waits a few seconds for it. */
export async function deactivate(): Promise<void> {
  await app?.loaded?.shutDown();
}
