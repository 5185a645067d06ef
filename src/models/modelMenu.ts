import * as vscode from 'vscode';
import type { ConnectionProbe, LoadedModel, ModelServer } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import { isUnencrypted } from '../shared/urlPolicy';
import type { SettingsReader } from '../settings/settingsReader';
import { sameModel } from '../ollama/modelName';
import { asIconLabel, asLabel } from '../shared/hiddenCharacters';
import type { CommandId } from '../ui/commandIds';
import { describeServed } from './modelItems';
import { failureNotice } from '../ui/failureMessages';
import { serverPlace } from '../ui/serverNames';
import { bytes, joined, split, until } from '../ui/formatNumbers';

const { t } = vscode.l10n;

export interface MenuDependencies {
  readonly server: ModelServer;
  readonly connection: ConnectionProbe;
  readonly settings: SettingsReader;
  readonly loaded: readonly LoadedModel[];
  readonly clock: Clock;
}

interface MenuItem extends vscode.QuickPickItem {
  readonly command?: CommandId;
  readonly argument?: string;
}

/** The menu of the status bar item: the state of the connection, and commands for it. */
export async function showMenu(deps: MenuDependencies): Promise<void> {
  const { connection, settings } = deps;
  const { model } = settings.current;
  const chosen = await vscode.window.showQuickPick(items(deps), {
    title: `Cria: ${joined([
      asLabel(model) || t('no model selected'),
      asLabel(serverPlace(connection.state, connection.origin) ?? connection.origin),
    ])}`,
    placeHolder: asLabel(stateText(deps), 500),
  });
  if (!chosen?.command) return;
  const { command, argument } = chosen;
  await vscode.commands.executeCommand(command, ...(argument === undefined ? [] : [argument]));
}

function items({ server, connection, settings, loaded }: MenuDependencies): readonly MenuItem[] {
  const { current } = settings;
  const { model } = current;
  const isThere = connection.state.kind === 'connected';
  const row = (
    icon: string,
    label: string,
    command: CommandId,
    more: Partial<MenuItem> = {},
  ): MenuItem => ({
    label: `$(${icon}) ${label}`,
    command,
    ...more,
  });
  const line: MenuItem = { label: '', kind: vscode.QuickPickItemKind.Separator };
  const help = [
    row('pulse', t('Diagnose Connection'), 'cria.diagnoseConnection'),
    row('link', t('Change Server Address…'), 'cria.changeAddress'),
    row('key', t('Set API Key…'), 'cria.setApiKey'),
    row('output', t('Show Log'), 'cria.showLog'),
  ];
  if (!isThere) {
    const start = row('play', t('Start Ollama'), 'cria.startOllama');
    return server.takesLoadOptions ? [start, ...help] : help;
  }
  const inMemory = loaded.find(({ name }) => sameModel(name, model));
  const explains = current['explain.model'];
  const forModel = { argument: model };
  return [
    row('hubot', t('Select Model…'), 'cria.selectModel', { description: asIconLabel(model) }),
    row('comment', t('Select Model for Explanations…'), 'cria.selectExplainModel', {
      description: asIconLabel(explains) || t('same as chat'),
    }),
    ...(model === '' || !server.takesLoadOptions
      ? []
      : [row('symbol-ruler', t('Set Context Length…'), 'cria.setContextLength', forModel)]),
    ...(inMemory
      ? [
          row('debug-disconnect', t('Unload {0}', asIconLabel(model)), 'cria.unloadModel', {
            ...forModel,
            description: bytes(inMemory.sizeBytes),
          }),
        ]
      : []),
    ...(server.admin.pull ? [row('cloud-download', t('Pull Model…'), 'cria.pullModel')] : []),
    line,
    ...help,
  ];
}

function stateText({ server, connection, settings, loaded, clock }: MenuDependencies): string {
  const { state, origin } = connection;
  if (state.kind === 'failed') {
    return failureNotice(state.failure, settings.current.model, origin).sentence;
  }
  const inMemory = loaded.find(({ name }) => sameModel(name, settings.current.model));
  if (!server.takesLoadOptions) {
    const models = state.kind === 'connected' ? state.models : [];
    const served = models.find(({ name }) => name === settings.current.model);
    const words = served ? describeServed(served) : '';
    return joined([words, isUnencrypted(origin) ? t('not encrypted') : '']);
  }
  return joined([
    inMemory
      ? joined([
          t('loaded'),
          until(inMemory.expiresAt, clock.wallMs()),
          bytes(inMemory.sizeBytes),
          split(inMemory.sizeBytes, inMemory.gpuBytes),
        ])
      : t('not loaded; loads with the next message'),
    isUnencrypted(origin) ? t('not encrypted') : '',
  ]);
}
