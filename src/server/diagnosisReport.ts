import * as vscode from 'vscode';
import type { ConnectionProbe, ModelServer } from '../conversation/ports';
import type { SettingsReader } from '../settings/settingsReader';
import type { FixAction } from '../shared/protocol';
import type { CommandId } from '../ui/commands';
import { fixButton } from '../ui/failureMessages';
import { showProgress } from '../ui/dialogs';
import type { Credentials } from './credentials';
import { diagnose } from './diagnosis';
import type { Finding } from './diagnosisFindings';
import { findProxy, type ProxySettings } from './networkProbes';

const { t } = vscode.l10n;

/** A button above a line of a report, counted from 0. */
export interface ReportCommand {
  readonly line: number;
  readonly title: string;
  readonly command: CommandId;
}

export interface DiagnosisDependencies {
  readonly server: ModelServer;
  readonly connection: ConnectionProbe;
  readonly settings: SettingsReader;
  readonly credentials: Credentials;
  /** Where Cria itself runs; VS Code can run it on either side of a remote window. */
  readonly extensionKind: vscode.ExtensionKind;
  readonly showReport: (
    name: string,
    text: string,
    buttons: readonly ReportCommand[],
  ) => Promise<void>;
}

/** Diagnoses the connection and shows the findings, with buttons that fix them. */
export async function runDiagnosis(deps: DiagnosisDependencies): Promise<void> {
  const { server, connection, settings, credentials } = deps;
  const { origin } = connection;
  const hasKey = Object.keys(await credentials.headersFor(origin)).length > 0;
  const findings = await showProgress(t('Diagnosing connection'), () =>
    diagnose({
      server,
      origin,
      hasKey,
      model: settings.current.model,
      source: describeSource(settings.current.endpoint),
      proxy: findProxy(origin, proxySettings()),
      remoteName: vscode.env.remoteName,
      runsRemotely: deps.extensionKind === vscode.ExtensionKind.Workspace,
    }),
  );
  await connection.check();
  const { text, buttons } = createReport(origin, findings);
  await deps.showReport(t('Connection'), text, [
    { line: 0, title: `$(refresh) ${t('Run Again')}`, command: 'cria.diagnoseConnection' },
    ...buttons.flatMap(({ line, action }) => {
      const command = fixCommands[action];
      return command === undefined ? [] : [{ line, title: fixButton(action).label, command }];
    }),
  ]);
}

/** The commands behind the buttons of reports. */
const fixCommands: Readonly<Partial<Record<FixAction, CommandId>>> = {
  changeEndpoint: 'cria.changeAddress',
  startServer: 'cria.startOllama',
  setApiKey: 'cria.setApiKey',
  pullModel: 'cria.pullModel',
  selectModel: 'cria.selectModel',
  showLog: 'cria.showLog',
};

function describeSource(endpoint: string): string {
  if (endpoint !== '') return t('from cria.endpoint');
  const isSet = (process.env['OLLAMA_HOST'] ?? '').trim() !== '';
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
    lines.push(`- ${marks[state]} **${title}**: ${oneLine(sentence)}`);
    for (const one of advice) lines.push(`  - ${one}`);
  }
  return { text: `${lines.join('\n')}\n`, buttons };
}

function headline(findings: readonly Finding[]): string {
  const worst = findings.find(({ state }) => state === 'bad');
  if (worst) return t('**Not working.** Problem: {0}.', worst.title);
  const isWarned = findings.some(({ state }) => state === 'warning');
  return isWarned ? t('**Working, with warnings.**') : t('**Working.** No problems found.');
}

/** The server's own words can contain anything, so they are shown on one line without control characters. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 500);
}
