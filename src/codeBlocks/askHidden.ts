import * as vscode from 'vscode';
import { hiddenCharacters, numberOf, withoutHidden } from './hiddenCharacters';

const { t } = vscode.l10n;
const mostShown = 12;

/**
 * The code as the person wants it written: code that holds characters one cannot see may do another
 * thing than it seems to. Undefined when it is not to be written at all.
 */
export async function askHidden(code: string): Promise<string | undefined> {
  const found = hiddenCharacters(code);
  if (found.length === 0) return code;
  const numbers = found.slice(0, mostShown).map(numberOf).join(' ');
  const [without, as] = [t('Without Them'), t('As It Is')];
  const chosen = await vscode.window.showWarningMessage(
    t('This code holds characters that cannot be seen.'),
    { modal: true, detail: t('They can make it look like other code: {0}', numbers) },
    without,
    as,
  );
  if (chosen === undefined) return undefined;
  return chosen === without ? withoutHidden(code) : code;
}
