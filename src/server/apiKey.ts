import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as vscode from 'vscode';
import type { Asking } from '../ui/focusReturn';
import type { Credentials } from './credentials';

const { t } = vscode.l10n;

export interface KeyDependencies {
  readonly credentials: Credentials;
  readonly origin: () => string;
  readonly asking: Asking;
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
    { label: t('Another header…'), description: t('such as X-Api-Key'), kindOf: 'header' },
  ];
  if (names.length > 0) {
    const label = t('Take everything back that is kept for this address');
    choices.push({ label, description: names.join(', '), kindOf: 'remove' });
  }
  const title = t('Credentials for {0}', origin);
  const placeHolder = t(
    'They are kept in the system’s keychain, shown to nobody, and sent to this address alone.',
  );
  const { asking } = deps;
  const list = vscode.window.showQuickPick(choices, { title, placeHolder, ignoreFocusOut: true });
  const chosen = await asking.showing(list);
  if (!chosen) return false;
  const { kindOf } = chosen;
  const headers = kindOf === 'remove' ? {} : await asking.showing(askHeader(title, kindOf, kept));
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
          ...{ title, prompt: t('Name of the header'), ignoreFocusOut: true },
          validateInput: (text) => problemOf(() => validateHeaderName(text)),
        });
  if (name === undefined) return undefined;
  const value = await vscode.window.showInputBox({
    ...{ title, password: true, ignoreFocusOut: true },
    prompt: kind === 'bearer' ? t('API key') : t('Value of {0}', name),
    placeHolder: name in kept ? t('One is kept; what you type takes its place') : '',
    validateInput: (text) =>
      text.trim() === '' ? t('It is empty.') : problemOf(() => validateHeaderValue(name, text)),
  });
  if (value === undefined) return undefined;
  const text = kind === 'bearer' ? `Bearer ${value.trim()}` : value.trim();
  return { ...kept, [name]: text };
}

/** Node's own words may repeat the value. */
function problemOf(validate: () => void): string | undefined {
  try {
    validate();
    return undefined;
  } catch {
    return t('HTTP does not allow this.');
  }
}
