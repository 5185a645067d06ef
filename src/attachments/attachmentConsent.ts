import * as vscode from 'vscode';
import { dialogTexts } from '../ui/dialogs';

const { t } = vscode.l10n;

/**
 * Asks whether to attach something. The reasons are shown below the question.
 * @param leaveOut the label of another answer: attach the rest without it
 */
export type Ask = (
  question: string,
  reasons: readonly string[],
  leaveOut?: string,
) => Promise<boolean | 'leaveOut'>;

const maxReasons = 20;

export const askInModal: Ask = async (question, reasons, leaveOut) => {
  const attach = leaveOut === undefined ? t('Attach') : t('Attach All');
  const more = reasons.length - maxReasons;
  const lines = [...reasons.slice(0, maxReasons), ...(more > 0 ? [t('… and {0} more', more)] : [])];
  const others = leaveOut === undefined ? [] : [leaveOut];
  const buttons = [...others, attach];
  const chosen = await vscode.window.showWarningMessage(
    ...dialogTexts(question, lines),
    ...buttons,
  );
  if (chosen !== undefined && chosen === leaveOut) return 'leaveOut';
  return chosen === attach;
};
