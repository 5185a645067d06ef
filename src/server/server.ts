import * as vscode from 'vscode';
import type { ConnectionState, Logger, ServedModels, ServerIdentity } from '../conversation/ports';
import type { SettingsReader } from '../settings/settingsReader';
import { systemClock as clock } from '../shared/clock';
import type { DisposableStore } from '../ui/disposables';
import { CloudConsent, confirmRemoteHost } from './cloudConsent';
import { ConnectionMonitor } from './connectionState';
import { describeFailure, createConsentingModels } from './consentingModels';
import { Credentials, getSecretKey, moveCredentials } from './credentials';
import { KnownServerMemory, LastUsed } from './modelMemory';
import { RemoteHost } from './remoteHost';
import { splitAddress } from './serverAddress';
import { ServerInUse } from './serverInUse';

/** The server that is asked, always at the address and with the credentials that are set now. */
export interface Server {
  readonly backend: ServerInUse;
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
  const backend = owned.add(createBackend(globalState, credentials, logger));
  const connection = owned.add(createMonitor(backend));
  const consent = new CloudConsent({ global: globalState, workspace: workspaceState });
  const lastUsed = new LastUsed(globalState);
  const remoteHost = createRemoteHost(globalState, extension.extensionKind);
  const reconnect = (): void => {
    const { endpoint, server } = settings.current;
    backend.connect(remoteHost.getAddress(endpoint), server);
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
  owned.add(
    settings.onChanged((keys) =>
      keys.has('endpoint') || keys.has('server') ? useAddress() : undefined,
    ),
  );
  owned.addCall(
    connection.onChanged((state) => {
      report(state, backend.origin, logger);
      mark('cria.modelsAreFixed', backend.api === 'openai');
    }),
  );
  // Another window of this machine may have changed what is kept.
  owned.add(
    secrets.onDidChange(({ key }) =>
      key === getSecretKey(backend.origin) ? reconnect() : undefined,
    ),
  );
  return {
    backend,
    models: guardModels({ backend, connection, consent, lastUsed }, logger),
    connection,
    credentials,
    consent,
    lastUsed,
    reconnect,
    probe: (address) => probe(remoteHost.getAddress(address), credentials),
  };
}

function guardModels(
  {
    backend,
    connection,
    consent,
    lastUsed,
  }: Pick<Server, 'backend' | 'connection' | 'consent' | 'lastUsed'>,
  logger: Logger,
): ServedModels {
  return createConsentingModels({
    bind: () => backend.bind(),
    mayLeave: (model, asked) => consent.isGiven(model, asked),
    mayUseServer: (asked) => consent.isServerAllowed(asked),
    onUnreachable: () => void connection.check(),
    onAnswer: (what, model) => {
      mark(what === 'chat' ? 'cria.hasAsked' : 'cria.hasExplained');
      void lastUsed.note(model, clock.wallMs());
    },
    logger,
  });
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
  const access = {
    headersFor: (at: string) => credentials.headersFor(at),
    logExcerpt: () => undefined,
  };
  // Nothing that was found out before counts: the address is tested as it is now.
  const backend = new ServerInUse(access, { get: () => undefined, set: () => undefined });
  backend.connect(address, 'auto');
  const { origin } = backend;
  try {
    const state = await createMonitor(backend).check();
    return { origin, state };
  } finally {
    backend.dispose();
  }
}

function createBackend(
  globalState: vscode.Memento,
  credentials: Credentials,
  logger: Logger,
): ServerInUse {
  const access = {
    headersFor: (at: string) => credentials.headersFor(at),
    logExcerpt: (excerpt: string) => logger.trace(`The server sent: ${excerpt}`),
    log: (message: string) => logger.info(message),
  };
  return new ServerInUse(access, new KnownServerMemory(globalState));
}

function createMonitor(backend: ServerInUse): ConnectionMonitor {
  return new ConnectionMonitor({
    library: () => backend,
    identify: () => identify(backend),
    origin: () => backend.origin,
    clock,
  });
}

/** Ollama is known by its list of models: its version is asked for where it is shown. */
async function identify(backend: ServerInUse): Promise<ServerIdentity | undefined> {
  return backend.api === 'openai' ? backend.identify() : undefined;
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
