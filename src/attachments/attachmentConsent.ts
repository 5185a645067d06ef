import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** Asks whether to attach something. The reasons are shown below the question. */
export type Ask = (question: string, reasons: readonly string[]) => Promise<boolean>;

export const askInModal: Ask = async (question, reasons) => {
  const attach = t('Attach');
  const detail = reasons.join('\n');
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, attach);
  return chosen === attach;
};
