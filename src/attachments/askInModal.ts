import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** Asks the person, with a reason for each that is asked about; whether it may be attached. */
export type Ask = (question: string, reasons: readonly string[]) => Promise<boolean>;

export const askInModal: Ask = async (question, reasons) => {
  const attach = t('Attach');
  const detail = reasons.join('\n');
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, attach);
  return chosen === attach;
};
