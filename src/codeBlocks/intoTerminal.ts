import * as vscode from 'vscode';
import { warn } from './editors';
import { terminalText } from './terminalText';
import { showInformation } from '../ui/notifications';

const { t } = vscode.l10n;

/** Brings code to the terminal without running it: that is left to the person's own Enter. */
export async function toTerminal(code: string): Promise<void> {
  const brought = terminalText(code);
  if (!brought) {
    await warn(t('There is nothing in this code for a terminal.'));
    return;
  }
  const terminal = vscode.window.activeTerminal ?? vscode.window.createTerminal();
  terminal.show(false);
  if (brought.kind === 'line') {
    terminal.sendText(brought.text, false);
    return;
  }
  // `sendText` would run every line but the last.
  await vscode.env.clipboard.writeText(brought.text);
  void showInformation(t('These are several lines, so they were copied: paste to run.'));
}
