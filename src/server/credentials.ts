import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { showError, showInformation } from '../ui/dialogs';

const headersSchema = v.record(v.string(), v.string());
type Headers = v.InferOutput<typeof headersSchema>;

/**
 * The keys and headers that get a person in, kept by VS Code in the system's keychain: each for one
 * address, and sent to no other.
 */
export class Credentials {
  readonly #secrets: vscode.SecretStorage;
  readonly #logger: Logger;

  constructor(secrets: vscode.SecretStorage, logger: Logger) {
    this.#secrets = secrets;
    this.#logger = logger;
  }

  /** Never rejects: without a keychain there are no credentials, and the log says why. */
  async headersFor(origin: string): Promise<Headers> {
    try {
      const stored = await this.#secrets.get(getSecretKey(origin));
      return stored === undefined ? {} : v.parse(headersSchema, JSON.parse(stored));
    } catch (error) {
      // The text itself may hold the key.
      const reason = error instanceof Error ? error.name : 'unknown';
      this.#logger.error(`The credentials for ${origin} cannot be read (${reason}).`);
      return {};
    }
  }

  /** Adds to what is kept for this address; an empty object takes all of it away. */
  async save(origin: string, headers: Headers): Promise<void> {
    if (Object.keys(headers).length === 0) await this.#secrets.delete(getSecretKey(origin));
    else await this.#secrets.store(getSecretKey(origin), JSON.stringify(headers));
  }
}

/** Where VS Code keeps what is for this address. */
export function getSecretKey(origin: string): string {
  return `cria.headers ${origin}`;
}

const { t } = vscode.l10n;

/** An address without the name and password that it held, and the header that they make. */
export interface SplitAddress {
  readonly address: string;
  readonly origin: string;
  readonly authorization: string;
}

/**
 * Moves what an address says of a name and a password into the keychain, and writes the rest of it into
 * the user's settings. Never rejects: what could not be moved is reported, and stays where it is.
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
      t('The user name and password were moved from the address to the system keychain.'),
    );
  } catch (error) {
    // The error's words may hold what is to be kept.
    const reason = error instanceof Error ? error.name : 'unknown';
    logger.error(`The credentials of the address could not be moved (${reason}).`);
    void showError(
      t('Could not move the user name and password from the address to the system keychain.'),
    );
  }
}
