import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as vscode from 'vscode';
import { sameModel } from '../ollama/modelName';
import { asIconLabel, asLabel } from '../shared/hiddenCharacters';
import type { ConnectionState, Logger, ModelList } from '../conversation/ports';
import { isUnencrypted } from '../shared/urlPolicy';
import { type FocusReturn, showProgress, showWarning, translated } from '../ui/dialogs';
import { failureNotice } from '../ui/failureMessages';
import { type Credentials, moveCredentials, type SplitAddress } from './credentials';

const { t } = vscode.l10n;

export interface AddressDependencies {
  /** What is written in the setting. */
  readonly current: () => string;
  readonly addressProblem: (address: string) => string | undefined;
  /** The name and password that an address holds, and the rest of it; undefined: it holds none. */
  readonly splitAddress: (address: string) => SplitAddress | undefined;
  readonly credentials: Credentials;
  readonly logger: Logger;
  readonly focusReturn: FocusReturn;
  /** Asks a server at another address, and says how it is shown. */
  readonly probe: (
    address: string,
  ) => Promise<{ readonly origin: string; readonly state: ConnectionState }>;
  /** The model that is set. */
  readonly model: () => string;
  readonly pickModel: () => Promise<boolean>;
}

/**
 * Asks for an address, tries it, and writes it into the person's settings; true when it answers. Asks for the model,
 * too, where the server there does not have the one that is set.
 */
export async function changeAddress(
  deps: AddressDependencies,
  value = deps.current(),
): Promise<boolean> {
  const box = vscode.window.showInputBox({
    title: t('Change Server Address'),
    prompt: t(
      'For example http://127.0.0.1:11434. Leave empty to use OLLAMA_HOST or this machine. Cria tests the address before saving.',
    ),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => addressProblemText(deps, text) ?? getWarning(text),
  });
  const address = await deps.focusReturn.whileOpen(box);
  if (address === undefined) return false;
  deps.focusReturn.returnToMessage();
  const shown = deps.splitAddress(address)?.origin ?? address;
  const title = shown.trim() === '' ? t('Testing the default address') : t('Testing {0}', shown);
  const { origin, state } = await showProgress(title, () => deps.probe(address));
  if (state.kind === 'connected') {
    await save(deps, address);
    if (isModelMissing(state.models, deps.model())) await deps.pickModel();
    return true;
  }
  const failure = state.kind === 'failed' ? failureNotice(state.failure, '', origin).sentence : '';
  const again = t('Edit Address');
  const anyway = t('Save Anyway');
  const chosen = await showWarning(failure, again, anyway);
  if (chosen === again) return changeAddress(deps, address);
  if (chosen === anyway) await save(deps, address);
  return false;
}

function isModelMissing(models: ModelList, model: string): boolean {
  const isThere = models.some(({ name }) => sameModel(name, model));
  return model !== '' && models.length > 0 && !isThere;
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

function addressProblemText(
  { addressProblem }: AddressDependencies,
  address: string,
): string | undefined {
  const problem = addressProblem(address);
  return problem === undefined ? undefined : translated(problem);
}

function getWarning(address: string): vscode.InputBoxValidationMessage | undefined {
  if (!/^http:\/\//iu.test(address) || !URL.canParse(address)) return undefined;
  if (!isUnencrypted(address.toLowerCase())) return undefined;
  const message = t('Unencrypted connection: anyone on the network path can read your prompts.');
  return { message, severity: vscode.InputBoxValidationSeverity.Warning };
}

export interface KeyDependencies {
  readonly credentials: Credentials;
  readonly origin: () => string;
  readonly focusReturn: FocusReturn;
  /** Asks with the new credentials from now on. */
  readonly reconnect: () => void;
}

interface Choice extends vscode.QuickPickItem {
  readonly kindOf: 'bearer' | 'header' | 'remove';
}

/** Keeps a key or a header for the address that is asked now; true when something was changed. */
export async function setApiKey(deps: KeyDependencies): Promise<boolean> {
  const origin = deps.origin();
  const kept = await deps.credentials.headersFor(origin);
  const names = Object.keys(kept);
  const choices: Choice[] = [
    { label: t('API key'), description: 'Authorization: Bearer …', kindOf: 'bearer' },
    { label: t('Other Header…'), description: t('such as X-Api-Key'), kindOf: 'header' },
  ];
  if (names.length > 0) {
    const label = t('Remove Stored Credentials');
    choices.push({ label, description: asIconLabel(names.join(', ')), kindOf: 'remove' });
  }
  const title = t('Credentials for {0}', origin);
  const placeHolder = t('Stored in the system keychain and sent only to this address');
  const { focusReturn } = deps;
  const list = vscode.window.showQuickPick(choices, { title, placeHolder, ignoreFocusOut: true });
  const chosen = await focusReturn.whileOpen(list);
  if (!chosen) return false;
  const { kindOf } = chosen;
  const headers =
    kindOf === 'remove' ? {} : await focusReturn.whileOpen(askHeader(title, kindOf, kept));
  if (!headers) return false;
  await deps.credentials.save(origin, headers);
  deps.reconnect();
  return true;
}

async function askHeader(
  title: string,
  kind: 'bearer' | 'header',
  kept: Readonly<Record<string, string>>,
): Promise<Record<string, string> | undefined> {
  const name =
    kind === 'bearer'
      ? 'Authorization'
      : await vscode.window.showInputBox({
          ...{ title, prompt: t('Header name'), ignoreFocusOut: true },
          validateInput: (text) => headerProblem(() => validateHeaderName(text)),
        });
  if (name === undefined) return undefined;
  const value = await vscode.window.showInputBox({
    ...{ title, password: true, ignoreFocusOut: true },
    prompt: kind === 'bearer' ? t('API key') : t('Value of {0}', asLabel(name)),
    placeHolder: name in kept ? t('Replaces the stored value') : '',
    validateInput: (text) =>
      text.trim() === ''
        ? t('Enter a value.')
        : headerProblem(() => validateHeaderValue(name, text)),
  });
  if (value === undefined) return undefined;
  const text = kind === 'bearer' ? `Bearer ${value.trim()}` : value.trim();
  return { ...kept, [name]: text };
}

/** Node's own words may repeat the value. */
function headerProblem(validate: () => void): string | undefined {
  try {
    validate();
    return undefined;
  } catch {
    return t('Not allowed in an HTTP header.');
  }
}
