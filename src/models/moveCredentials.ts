import * as vscode from 'vscode';
import type { Credentials } from './credentials';
import { showInformation } from '../workspace/notifications';

const { t } = vscode.l10n;

/** An address without the name and password that it held, and the header that they make. */
export interface SplitAddress {
  readonly address: string;
  readonly origin: string;
  readonly authorization: string;
}

/** Moves what an address in the settings says of a name and a password into the keychain. */
export async function moveCredentials(
  { address, origin, authorization }: SplitAddress,
  credentials: Credentials,
): Promise<void> {
  const kept = await credentials.headersFor(origin);
  await credentials.save(origin, { ...kept, Authorization: authorization });
  const config = vscode.workspace.getConfiguration('cria');
  await config.update('endpoint', address, vscode.ConfigurationTarget.Global);
  await showInformation(
    t(
      'The name and password in cria.endpoint are in the system’s keychain now, and no longer in your settings.',
    ),
  );
}
