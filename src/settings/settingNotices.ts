import * as vscode from 'vscode';
import { showWarning } from '../ui/notifications';
import { problemSentence } from './settingSentences';
import type { CostlyValue, SettingProblem } from './settingsReader';

const { t } = vscode.l10n;

/** Says what is wrong with a setting, with a button to it. */
export async function reportProblem(problem: SettingProblem): Promise<void> {
  const open = t('Open Setting');
  const kept = t('The value before it stays in force.');
  const sentence = `${problemSentence(problem)} ${kept}`;
  const chosen = await showWarning(sentence, open);
  if (chosen !== open) return;
  await vscode.commands.executeCommand('workbench.action.openSettings', `cria.${problem.key}`);
}

/** Whether a folder's value may take more memory than the person's own; undefined: no answer. */
export async function askCostly(costly: CostlyValue): Promise<boolean | undefined> {
  const use = t('Use It Here');
  const keep = t('Keep Mine');
  const chosen = await showWarning(sentenceOf(costly), use, keep);
  return chosen === undefined ? undefined : chosen === use;
}

function sentenceOf({ key, value, own }: CostlyValue): string {
  const mine = own === null ? t('left to the server') : JSON.stringify(own);
  return t(
    'The settings of this folder, or of the machine it is on, ask for a value of cria.{0} that takes more memory: {1}. Yours is {2}, and stays in force until you choose.',
    key,
    JSON.stringify(value),
    mine,
  );
}
