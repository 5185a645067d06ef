import * as vscode from 'vscode';
import {
  type ChatSettings,
  type ConnectionProbe,
  getFailure,
  type ModelServer,
  type ServedModels,
  type ServerIdentity,
} from '../conversation/ports';
import { chatSettings } from '../settings/settingDescriptors';
import type { SettingsReader } from '../settings/settingsReader';
import { systemClock } from '../shared/clock';
import type { FixAction } from '../shared/protocol';
import type { Failure } from '../shared/turn';
import { asIconLabel, asLabel } from '../shared/hiddenCharacters';
import { toInertMarkdown } from '../shared/text';
import { isThisMachine } from '../shared/urlPolicy';
import type { CommandId } from '../ui/commandIds';
import { showProgress } from '../ui/dialogs';
import { failureNotice, fixButton } from '../ui/failureMessages';
import { decimal } from '../ui/formatNumbers';
import { serverName } from '../ui/serverNames';
import type { Credentials } from './credentials';
import {
  addressFinding,
  answerFinding,
  certificateFinding,
  type Finding,
  modelsFinding,
  nameFinding,
  proxyFinding,
  reachFinding,
  sideFinding,
  skipped,
  versionFinding,
} from './diagnosisFindings';
import {
  findProxy,
  type HostLookup,
  probeAddress,
  type ProxySettings,
  readCertificate,
  resolveHost,
} from './networkProbes';
import { resolveAddress } from './serverAddress';

const { t } = vscode.l10n;

export interface DiagnosisOptions {
  readonly server: ModelServer;
  /** The address that is asked, as it may be shown, and where it was set. */
  readonly origin: string;
  readonly source: string;
  readonly model: string;
  readonly hasKey: boolean;
  /** Empty where there is none. */
  readonly proxy: string;
  readonly remoteName: string | undefined;
  readonly runsRemotely: boolean;
  /** Whether the Git extension runs on the same side of the window. */
  readonly seesGit: boolean;
  /** How long an answer is waited for, in milliseconds. */
  readonly patienceMs?: number;
  /** Asks the model something, which loads it; absent: it is not asked. */
  readonly askModel?: AskModel | undefined;
}

/** Resolves to why it failed, or to undefined when the answer begins. */
export type AskModel = (signal: AbortSignal) => Promise<Failure | undefined>;

/** Looks at everything between Cria and an answer, in the order in which it can fail. */
export async function diagnose(options: DiagnosisOptions): Promise<readonly Finding[]> {
  const { origin, source, remoteName, runsRemotely, seesGit } = options;
  const isLocal = isThisMachine(origin);
  return [
    addressFinding(origin, source),
    sideFinding(remoteName, { runsRemotely, seesGit }, isLocal),
    ...(await networkFindings(options)),
  ];
}

async function networkFindings(options: DiagnosisOptions): Promise<readonly Finding[]> {
  const { origin, proxy } = options;
  // An invalid address leads nowhere: the answer's finding says what is wrong with it.
  if (!URL.canParse(origin)) return (await answerFindings(options)).findings;
  const isLocal = isThisMachine(origin);
  const { hostname, port, isSecure } = parseOrigin(origin);
  const looked = await resolveHost(hostname);
  // A proxy looks names up and connects by itself.
  const direct = looked.kind === 'found' ? looked.addresses : [];
  const reached = await Promise.all(direct.map((address) => probeAddress(address, port)));
  const isOpen = reached.some(({ outcome }) => outcome === 'open');
  const { failure, findings } = await answerFindings(options);
  const certificate =
    isSecure && isOpen ? [certificateFinding(await readCertificate(hostname, port))] : [];
  const all = [
    nameOrProxy(hostname, looked, proxy),
    ...(reached.length === 0 ? [] : [reachFinding(port, reached, isLocal)]),
    proxyFinding(proxy, failure?.kind === 'proxy', isLocal),
    ...certificate,
    ...(isOpen || proxy !== '' ? findings : findings.filter(isNotBad)),
  ];
  // Each failure is shown somewhere, if only as the system's message.
  const isExplained = !failure || all.some(({ state }) => state === 'bad');
  return isExplained ? all : [...all, answerFinding(failure, options.hasKey)];
}

interface Place {
  readonly hostname: string;
  readonly port: number;
  readonly isSecure: boolean;
}

function parseOrigin(origin: string): Place {
  const { hostname, port, protocol } = new URL(origin);
  const isSecure = protocol === 'https:';
  const usual = isSecure ? 443 : 80;
  return {
    hostname: hostname.replaceAll(/^\[|\]$/gu, ''),
    port: port === '' ? usual : Number(port),
    isSecure,
  };
}

function nameOrProxy(hostname: string, looked: HostLookup, proxy: string): Finding {
  return looked.kind === 'failed' && proxy !== ''
    ? skipped(
        t('Host name'),
        t('{0} is not known on this machine; the proxy resolves it', hostname),
      )
    : nameFinding(hostname, looked);
}

/** Without a connection there is no answer to speak of. */
function isNotBad({ state }: Finding): boolean {
  return state !== 'bad';
}

interface Answered {
  readonly findings: readonly Finding[];
  readonly failure?: Failure;
}

async function answerFindings(options: DiagnosisOptions): Promise<Answered> {
  const { server, model, hasKey } = options;
  const patienceMs = options.patienceMs ?? 5_000;
  const [identity, models] = await Promise.all([
    settle(patienceMs, () => server.identify()),
    settle(patienceMs, () => server.installed()),
  ]);
  // A server that imitates Ollama may have no version to tell.
  const answered = 'value' in models || 'value' in identity;
  const failure = 'failure' in models ? models.failure : undefined;
  const key = hasKey
    ? { title: t('Credentials'), state: 'good' as const, sentence: t('stored for this address') }
    : skipped(t('Credentials'), t('none stored for this address'));
  return {
    ...(failure ? { failure } : {}),
    findings: [
      key,
      ...(failure && failure.kind !== 'proxy' && failure.kind !== 'tls'
        ? [answerFinding(failure, hasKey)]
        : []),
      ...(answered ? [createVersionFinding(identity)] : []),
      ...('value' in models ? [modelsFinding(models.value, model, !server.takesLoadOptions)] : []),
      ...(await modelFindings(options)),
    ],
  };
}

/** A model may have to be loaded first. Milliseconds. */
const modelPatienceMs = 180_000;

async function modelFindings({ askModel, model, origin }: DiagnosisOptions): Promise<Finding[]> {
  if (!askModel) return [];
  const title = t('Answer from {0}', asLabel(model));
  const started = systemClock.monotonicMs();
  const controller = new AbortController();
  const asked = await settle(modelPatienceMs, () => askModel(controller.signal));
  controller.abort();
  const failure = 'failure' in asked ? asked.failure : asked.value;
  if (!failure) {
    const seconds = decimal((systemClock.monotonicMs() - started) / 1_000);
    return [{ title, state: 'good', sentence: t('started after {0} s', seconds) }];
  }
  const { sentence, detail, buttons } = failureNotice(failure, model, origin);
  const advice = detail === undefined ? [] : [detail];
  return [{ title, state: 'bad', sentence, advice, fixes: buttons.map(({ action }) => action) }];
}

/** Sends a word to the model and stops with the first one of its answer. */
export function createAskModel(
  chat: ServedModels['chat'],
  { model, profile }: Pick<ChatSettings, 'model' | 'profile'>,
): AskModel {
  return async (signal) => {
    const messages = [{ role: 'user', content: 'Hi' } as const];
    for await (const event of chat({ model, profile, messages }, signal)) {
      if (event.type === 'delta') return undefined;
      if (event.type === 'end') return 'failure' in event.end ? event.end.failure : undefined;
    }
    return undefined;
  };
}

function createVersionFinding(identity: { value: ServerIdentity } | { failure: Failure }): Finding {
  if ('value' in identity) {
    const { api, version = '' } = identity.value;
    if (api === 'ollama') return versionFinding(version);
    return { title: t('Version'), state: 'good', sentence: serverName(identity.value) };
  }
  return {
    title: t('Version'),
    state: 'warning',
    sentence: t('unknown'),
    advice: [
      t('This may be another server that is compatible with Ollama. Some features may not work.'),
    ],
  };
}

async function settle<T>(
  patienceMs: number,
  ask: () => Promise<T>,
): Promise<{ value: T } | { failure: Failure }> {
  let stop: () => void = () => undefined;
  const late = new Promise<{ failure: Failure }>((resolve) => {
    const message = t('no response within {0} s', patienceMs / 1000);
    stop = systemClock.after(patienceMs, () =>
      resolve({ failure: { kind: 'unreachable', message } }),
    );
  });
  try {
    return await Promise.race([ask().then((value) => ({ value })), late]);
  } catch (error) {
    const failure = getFailure(error);
    if (failure) return { failure };
    throw error;
  } finally {
    stop();
  }
}

/** A button above a line of a report, counted from 0. */
export interface ReportCommand {
  readonly line: number;
  readonly title: string;
  readonly command: CommandId;
  readonly arguments?: readonly unknown[];
}

export interface DiagnosisDependencies {
  readonly server: ModelServer;
  /** The models as chat asks them: only after the user has agreed to where they run. */
  readonly servedModels: Pick<ServedModels, 'chat'>;
  readonly connection: ConnectionProbe;
  readonly settings: SettingsReader;
  readonly credentials: Credentials;
  /** Where Cria itself runs; VS Code can run it on either side of a remote window. */
  readonly extensionKind: vscode.ExtensionKind;
  readonly showReport: (name: string, text: string, buttons: readonly ReportCommand[]) => void;
}

/** As argument of the command: the model is asked, too. */
export const withModel = 'withModel';

/** Diagnoses the connection and shows the findings, with buttons that fix them. */
export async function runDiagnosis(deps: DiagnosisDependencies, what?: unknown): Promise<void> {
  const { server, connection, settings, credentials } = deps;
  const { model } = settings.current;
  const asksModel = what === withModel && model !== '';
  const { origin } = connection;
  const hasKey = Object.keys(await credentials.headersFor(origin)).length > 0;
  const title = asksModel ? t('Waiting for {0}', asLabel(model)) : t('Diagnosing connection');
  const findings = await showProgress(title, () =>
    diagnose({
      server,
      origin,
      hasKey,
      model,
      askModel: asksModel
        ? createAskModel(deps.servedModels.chat, chatSettings(settings.current))
        : undefined,
      source: describeSource(settings.current.endpoint, origin),
      proxy: findProxy(origin, proxySettings()),
      remoteName: vscode.env.remoteName,
      runsRemotely: deps.extensionKind === vscode.ExtensionKind.Workspace,
      seesGit: vscode.extensions.getExtension('vscode.git') !== undefined,
    }),
  );
  await connection.check();
  const { text, buttons } = createReport(origin, findings);
  deps.showReport(t('Connection'), text, [
    { line: 0, title: `$(refresh) ${t('Run Again')}`, command: 'cria.diagnoseConnection' },
    ...(model === '' || asksModel ? [] : [createAskButton(model)]),
    ...buttons.flatMap(({ line, action }) => {
      const command = fixCommands[action];
      return command === undefined ? [] : [{ line, title: fixButton(action).label, command }];
    }),
  ]);
}

/** Loading a model takes time and memory, so it is asked only when the user says so. */
function createAskButton(model: string): ReportCommand {
  const title = `$(comment) ${t('Ask {0} as Well', asIconLabel(model))}`;
  return { line: 0, title, command: 'cria.diagnoseConnection', arguments: [withModel] };
}

/** The commands behind the buttons of reports. */
const fixCommands: Readonly<Partial<Record<FixAction, CommandId>>> = {
  changeEndpoint: 'cria.changeAddress',
  startServer: 'cria.startOllama',
  setApiKey: 'cria.setApiKey',
  pullModel: 'cria.pullModel',
  selectModel: 'cria.selectModel',
  showLog: 'cria.showLog',
  setContextLength: 'cria.setContextLength',
};

function describeSource(endpoint: string, origin: string): string {
  if (endpoint !== '') return t('from cria.endpoint');
  // In a remote environment it counts only if the user has agreed to it.
  const isSet =
    (process.env['OLLAMA_HOST'] ?? '').trim() !== '' && resolveAddress('').origin === origin;
  return isSet ? t('from OLLAMA_HOST') : t('default');
}

function proxySettings(): ProxySettings {
  const config = vscode.workspace.getConfiguration('http');
  return {
    proxy: config.get('proxy', ''),
    support: config.get('proxySupport', ''),
    noProxy: config.get<readonly string[]>('noProxy', []),
    env: process.env,
  };
}

export interface Report {
  readonly text: string;
  /** Buttons above lines, counted from 0. */
  readonly buttons: readonly { readonly line: number; readonly action: FixAction }[];
}

const marks = { good: '✓', warning: '⚠', bad: '✗', skipped: '–' } as const;

/** The findings as Markdown that also reads well as plain text, with the first problem in its headline. */
export function createReport(origin: string, findings: readonly Finding[]): Report {
  const lines = [`# ${t('Connection to {0}', origin)}`, '', headline(findings), ''];
  const buttons: { line: number; action: FixAction }[] = [];
  for (const { title, state, sentence, advice = [], fixes = [] } of findings) {
    for (const action of fixes) buttons.push({ line: lines.length, action });
    lines.push(`- ${marks[state]} **${toInertMarkdown(title)}**: ${toInertMarkdown(sentence)}`);
    for (const one of advice) lines.push(`  - ${toInertMarkdown(one)}`);
  }
  return { text: `${lines.join('\n')}\n`, buttons };
}

function headline(findings: readonly Finding[]): string {
  const worst = findings.find(({ state }) => state === 'bad');
  if (worst) return t('**Not working.** Problem: {0}.', toInertMarkdown(worst.title));
  const isWarned = findings.some(({ state }) => state === 'warning');
  return isWarned ? t('**Working, with warnings.**') : t('**Working.** No problems found.');
}
