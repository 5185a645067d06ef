import * as vscode from 'vscode';
import type { ConnectionState } from '../../conversation/ports';
import { failureNotice } from '../../workspace/failures';
import { isUnencrypted } from '../../workspace/origins';
import { translated } from '../../workspace/translated';
import { showProgress, showWarning } from '../../workspace/notifications';

const { t } = vscode.l10n;

export interface AddressDependencies {
  /** What is written in the setting. */
  readonly current: () => string;
  readonly addressProblem: (address: string) => string | undefined;
  /** Asks a server at another address, and says how it is shown. */
  readonly probe: (
    address: string,
  ) => Promise<{ readonly origin: string; readonly state: ConnectionState }>;
}

/** Asks for an address, tries it, and writes it into the person's settings; true when it answers. */
export async function changeAddress(
  deps: AddressDependencies,
  value = deps.current(),
): Promise<boolean> {
  const address = await vscode.window.showInputBox({
    title: t('Address of Ollama'),
    prompt: t(
      'Such as http://127.0.0.1:11434. Empty: OLLAMA_HOST, else this machine. It is tried before it is saved.',
    ),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(deps, text) ?? warningOf(text),
  });
  if (address === undefined) return false;
  const { origin, state } = await showProgress(t('Trying {0}', address), () => deps.probe(address));
  if (state.kind === 'connected') {
    await save(address);
    return true;
  }
  const failure = state.kind === 'failed' ? failureNotice(state.failure, '', origin).sentence : '';
  const again = t('Change It');
  const anyway = t('Save Anyway');
  const chosen = await showWarning(failure, again, anyway);
  if (chosen === again) return changeAddress(deps, address);
  if (chosen === anyway) await save(address);
  return false;
}

async function save(address: string): Promise<void> {
  const config = vscode.workspace.getConfiguration('cria');
  const value = address.trim() === '' ? undefined : address.trim();
  await config.update('endpoint', value, vscode.ConfigurationTarget.Global);
}

function problemOf({ addressProblem }: AddressDependencies, address: string): string | undefined {
  const problem = addressProblem(address);
  return problem === undefined ? undefined : translated(problem);
}

function warningOf(address: string): vscode.InputBoxValidationMessage | undefined {
  if (!/^http:\/\//iu.test(address) || !URL.canParse(address)) return undefined;
  if (!isUnencrypted(address.toLowerCase())) return undefined;
  const message = t('Plain http to another machine: what you ask can be read on its way.');
  return { message, severity: vscode.InputBoxValidationSeverity.Warning };
}
