import * as vscode from 'vscode';
import type { ConnectionState, Logger } from '../conversation/ports';
import { failureNotice } from '../ui/failureMessages';
import { isUnencrypted } from './origins';
import { translated } from '../ui/translated';
import { showProgress, showWarning } from '../ui/notifications';
import type { Asking } from '../ui/focusReturn';
import type { Credentials } from './credentials';
import { moveCredentials, type SplitAddress } from './moveCredentials';

const { t } = vscode.l10n;

export interface AddressDependencies {
  /** What is written in the setting. */
  readonly current: () => string;
  readonly addressProblem: (address: string) => string | undefined;
  /** The name and password that an address holds, and the rest of it; undefined: it holds none. */
  readonly splitAddress: (address: string) => SplitAddress | undefined;
  readonly credentials: Credentials;
  readonly logger: Logger;
  readonly asking: Asking;
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
  const box = vscode.window.showInputBox({
    title: t('Address of Ollama'),
    prompt: t(
      'Such as http://127.0.0.1:11434. Empty: OLLAMA_HOST, else this machine. It is tried before it is saved.',
    ),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(deps, text) ?? warningOf(text),
  });
  const address = await deps.asking.showing(box);
  if (address === undefined) return false;
  deps.asking.over();
  const shown = deps.splitAddress(address)?.origin ?? address;
  const title = shown.trim() === '' ? t('Trying the usual address') : t('Trying {0}', shown);
  const { origin, state } = await showProgress(title, () => deps.probe(address));
  if (state.kind === 'connected') {
    await save(deps, address);
    return true;
  }
  const failure = state.kind === 'failed' ? failureNotice(state.failure, '', origin).sentence : '';
  const again = t('Change It');
  const anyway = t('Save Anyway');
  const chosen = await showWarning(failure, again, anyway);
  if (chosen === again) return changeAddress(deps, address);
  if (chosen === anyway) await save(deps, address);
  return false;
}

/** A password is never written into the settings. */
async function save(deps: AddressDependencies, address: string): Promise<void> {
  const split = deps.splitAddress(address);
  if (split) {
    await moveCredentials(split, deps.credentials, deps.logger);
    return;
  }
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
