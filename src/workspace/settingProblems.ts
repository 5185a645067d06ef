import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { SettingProblem, SettingsReader } from './settings';

/** Says what is wrong with a setting, with a button to it; the last good value stays in force. */
export function reportSettingProblems(settings: SettingsReader, logger: Logger): vscode.Disposable {
  return settings.onProblem((problem) => {
    report(problem).then(undefined, (error: unknown) => logger.error(String(error)));
  });
}

async function report({ key, sentence }: SettingProblem): Promise<void> {
  const open = vscode.l10n.t('Open Setting');
  const kept = vscode.l10n.t('The value before it stays in force.');
  const chosen = await vscode.window.showWarningMessage(`${sentence} ${kept}`, open);
  if (chosen !== open) return;
  await vscode.commands.executeCommand('workbench.action.openSettings', `cria.${key}`);
}
