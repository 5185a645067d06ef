import * as vscode from 'vscode';
import type { ConnectionState, Logger, ServedModels } from '../conversation/ports';
import type { SettingsReader } from '../settings/settingsReader';
import { systemClock as clock } from '../shared/clock';
import type { DisposableStore } from '../ui/disposables';
import { CloudConsent, confirmRemoteHost } from './cloudConsent';
import { ConnectionMonitor } from './connectionState';
import { describeFailure, createConsentingModels } from './consentingModels';
import { Credentials, getSecretKey, moveCredentials } from './credentials';
import { LastUsed } from './modelMemory';
import { createOllamaProvider, type OllamaProvider } from './ollamaProvider';
import { RemoteHost } from './remoteHost';
import { splitAddress } from './serverAddress';

/** The server that is asked, always at the address and with the credentials that are set now. */
export interface Server {
  readonly backend: OllamaProvider;
  /** The models as chat and explanations may ask them. */
  readonly models: ServedModels;
  readonly connection: ConnectionMonitor;
  readonly credentials: Credentials;
  readonly consent: CloudConsent;
  readonly lastUsed: LastUsed;
  /** Asks with what is set and kept now. */
  readonly reconnect: () => void;
  /** Asks a server at another address, once. */
  readonly probe: (address: string) => Promise<{ origin: string; state: ConnectionState }>;
}

export function createServerConnection(
  owned: DisposableStore,
  { secrets, globalState, workspaceState, extension }: vscode.ExtensionContext,
  settings: SettingsReader,
  logger: Logger,
): Server {
  const credentials = new Credentials(secrets, logger);
  const backend = owned.add(
    createOllamaProvider(
      (origin) => credentials.headersFor(origin),
      (excerpt) => logger.trace(`The server sent: ${excerpt}`),
    ),
  );
  const origin = (): string => backend.origin;
  const connection = owned.add(new ConnectionMonitor({ library: () => backend, origin, clock }));
  const consent = new CloudConsent({ global: globalState, workspace: workspaceState });
  const lastUsed = new LastUsed(globalState);
  const remoteHost = createRemoteHost(globalState, extension.extensionKind);
  const reconnect = (): void => {
    backend.connect(remoteHost.getAddress(settings.current.endpoint));
    connection.forget();
  };
  const askRemoteHost = async (): Promise<void> => {
    if (await remoteHost.ask(settings.current.endpoint)) reconnect();
  };
  const useAddress = (): void => {
    reconnect();
    askRemoteHost().catch((error: unknown) => logger.error(String(error)));
    const split = splitAddress(settings.current.endpoint);
    if (split) void moveCredentials(split, credentials, logger);
  };
  useAddress();
  owned.add(settings.onChanged((keys) => (keys.has('endpoint') ? useAddress() : undefined)));
  owned.addCall(connection.onChanged((state) => report(state, backend.origin, logger)));
  // Another window of this machine may have changed what is kept.
  owned.add(
    secrets.onDidChange(({ key }) =>
      key === getSecretKey(backend.origin) ? reconnect() : undefined,
    ),
  );
  const models = createConsentingModels({
    bind: () => backend.bind(),
    mayLeave: (model, asked) => consent.isGiven(model, asked),
    onUnreachable: () => void connection.check(),
    onAnswer: (what, model) => {
      mark(what === 'chat' ? 'cria.hasAsked' : 'cria.hasExplained');
      void lastUsed.note(model, clock.wallMs());
    },
    logger,
  });
  return {
    backend,
    models,
    connection,
    credentials,
    consent,
    lastUsed,
    reconnect,
    probe: (address) => probe(remoteHost.getAddress(address), credentials),
  };
}

function createRemoteHost(memento: vscode.Memento, kind: vscode.ExtensionKind): RemoteHost {
  return new RemoteHost({
    memento,
    isRemote: vscode.env.remoteName !== undefined && kind === vscode.ExtensionKind.Workspace,
    env: process.env,
    confirm: confirmRemoteHost,
  });
}

async function probe(
  address: string,
  credentials: Credentials,
): Promise<{ origin: string; state: ConnectionState }> {
  const backend = createOllamaProvider((origin) => credentials.headersFor(origin));
  backend.connect(address);
  const { origin } = backend;
  try {
    const library = (): OllamaProvider => backend;
    const state = await new ConnectionMonitor({ library, origin: () => origin, clock }).check();
    return { origin, state };
  } finally {
    backend.dispose();
  }
}

/** For the steps of the walkthrough, and what the Models view says where it is empty. */
function mark(key: string, value = true): void {
  void vscode.commands.executeCommand('setContext', key, value);
}

function report(state: ConnectionState, origin: string, logger: Logger): void {
  markConnected(state);
  logConnection(state, origin, logger);
}

function markConnected(state: ConnectionState): void {
  if (state.kind === 'unknown') return;
  mark('cria.connected', state.kind === 'connected');
  if (state.kind === 'connected' && state.models.length > 0) mark('cria.hasModel');
}

function logConnection(state: ConnectionState, origin: string, logger: Logger): void {
  if (state.kind === 'connected') logger.info(`${origin}: ${state.models.length} models.`);
  if (state.kind === 'failed') logger.warn(`${origin}: ${describeFailure(state.failure)}`);
}
