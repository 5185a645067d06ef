import * as vscode from 'vscode';
import type { ModelKeeper } from '../conversation/modelKeeper';
import type { ConnectionProbe } from '../conversation/ports';
import type { FixAction } from '../shared/protocol';
import type { CommandId } from '../ui/commandIds';
import { fixButton } from '../ui/failureMessages';
import { showProgress } from '../ui/notifications';
import type { SettingsReader } from '../settings/settingsReader';
import type { Credentials } from './credentials';
import type { Reports } from '../models/reports';
import { diagnose } from './diagnose';
import { proxyFor, type ProxySettings } from './proxy';
import { reportOf } from './report';

const { t } = vscode.l10n;

export interface RunDependencies {
  readonly keeper: ModelKeeper;
  readonly connection: ConnectionProbe;
  readonly settings: SettingsReader;
  readonly credentials: Credentials;
  readonly reports: Reports;
}

/** Looks at the connection and shows what was found, with buttons that mend it. */
export async function runDiagnosis(deps: RunDependencies): Promise<void> {
  const { keeper, connection, settings, credentials, reports } = deps;
  const { origin } = connection;
  const hasKey = Object.keys(await credentials.headersFor(origin)).length > 0;
  const findings = await showProgress(t('Looking at the connection'), () =>
    diagnose({
      ...{ keeper, origin, hasKey, model: settings.current.model },
      source: sourceOf(settings.current.endpoint),
      proxy: proxyFor(origin, proxySettings()),
      remoteName: vscode.env.remoteName,
      runsRemotely: runsRemotely(),
    }),
  );
  await connection.check();
  const { text, buttons } = reportOf(origin, findings);
  await reports.show(t('Connection'), text, [
    { line: 0, title: `$(refresh) ${t('Look Again')}`, command: 'cria.diagnoseConnection' },
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

function sourceOf(endpoint: string): string {
  if (endpoint !== '') return t('the setting cria.endpoint');
  const isSet = (process.env['OLLAMA_HOST'] ?? '').trim() !== '';
  return isSet ? t('the environment (OLLAMA_HOST)') : t('nowhere: this is where Ollama usually is');
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

function runsRemotely(): boolean {
  const kinds = vscode.extensions.all.find(({ id }) => id === 'cria.cria');
  return kinds?.extensionKind === vscode.ExtensionKind.Workspace;
}
