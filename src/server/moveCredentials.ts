import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { Credentials } from './credentials';
import { showError, showInformation } from '../ui/notifications';

const { t } = vscode.l10n;

/** An address without the name and password that it held, and the header that they make. */
export interface SplitAddress {
  readonly address: string;
  readonly origin: string;
  readonly authorization: string;
}

/**
 * Moves what an address says of a name and a password into the keychain, and writes the rest of it into
 * the person's settings. Never rejects: what could not be moved is said, and stays where it is.
 */
export async function moveCredentials(
  { address, origin, authorization }: SplitAddress,
  credentials: Credentials,
  logger: Logger,
): Promise<void> {
  try {
    const kept = await credentials.headersFor(origin);
    await credentials.save(origin, { ...kept, Authorization: authorization });
    const config = vscode.workspace.getConfiguration('cria');
    await config.update('endpoint', address, vscode.ConfigurationTarget.Global);
    void showInformation(
      t(
        'The name and password of the address are in the system’s keychain, and not in your settings.',
      ),
    );
  } catch (error) {
    // The error's words may hold what is to be kept.
    const reason = error instanceof Error ? error.name : 'unknown';
    logger.error(`The credentials of the address could not be moved (${reason}).`);
    void showError(
      t('The name and password of the address could not be moved into the system’s keychain.'),
    );
  }
}
