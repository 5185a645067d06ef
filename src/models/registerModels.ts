import type * as vscode from 'vscode';
import type { ConnectionProbe } from '../conversation/ports';
import type { Asking } from '../ui/focusReturn';
import type { CommandId } from '../ui/commandIds';
import { registerCommand } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';
import type { FixDependencies } from '../ui/recoveryActions';
import { OnDemand } from '../activation/deferredStartup';
import type { SettingsReader } from '../settings/settingsReader';
import type { ModelTools } from './modelCommands';
import { keepStatusBar } from './statusBar';
import type { StatusItem } from '../activation/statusItem';

export interface ModelsDependencies {
  readonly connection: ConnectionProbe;
  readonly settings: SettingsReader;
  readonly statusItem: StatusItem;
  readonly logger: vscode.LogOutputChannel;
  readonly asking: Asking;
  /** Reads the bundle with everything that is done by hand. */
  readonly load: () => Promise<ModelTools>;
}

export interface Models extends Disposable {
  /** What is in the Models view, or under one of its entries. */
  readonly entries: (entry?: vscode.TreeItem) => Promise<readonly vscode.TreeItem[]>;
  /** Lets the person choose a model for one answer. */
  readonly chooseModel: () => Promise<string | undefined>;
  /** What the buttons of notices do about models and the connection. */
  readonly mends: Omit<
    FixDependencies,
    'checkConnection' | 'newConversation' | 'adoptConversations' | 'declineAdoption' | 'showLog'
  >;
}

const commands = {
  'cria.pullModel': (tools, argument) => tools.pull(argument),
  'cria.pausePull': (tools, argument) => tools.pausePull(argument),
  'cria.forgetPull': (tools, argument) => tools.forgetPull(argument),
  'cria.unloadModel': (tools, argument) => tools.unload(argument),
  'cria.deleteModel': (tools, argument) => tools.remove(argument),
  'cria.copyModelName': (tools, argument) => tools.copyName(argument),
  'cria.showModelDetails': (tools, argument) => tools.showDetails(argument),
  'cria.editModelValues': (tools, argument) => tools.editValues(argument),
  'cria.setContextLength': (tools, argument) => tools.setContextLength(argument),
  'cria.refreshModels': (tools) => tools.tree.refresh(),
  'cria.startOllama': (tools) => tools.startServer(),
  'cria.changeAddress': (tools) => tools.changeAddress(),
  'cria.diagnoseConnection': (tools) => tools.diagnose(),
  'cria.setApiKey': (tools) => tools.setApiKey(),
  'cria.copyReport': (tools, argument) => tools.copyReport(argument),
  'cria.showMenu': (tools) => tools.showMenu(),
} as const satisfies Partial<Record<CommandId, (tools: ModelTools, argument: unknown) => unknown>>;

/** Those that are also above the panel; true when something was chosen. */
const choices = {
  'cria.selectModel': (tools) => tools.pickModel(),
  'cria.selectExplainModel': (tools) => tools.pickModel('explain.model'),
} as const satisfies Partial<Record<CommandId, (tools: ModelTools) => Promise<boolean>>>;

/** What is in the status bar and the Models view, and the commands about models and the connection. */
export function registerModels(deps: ModelsDependencies): Models {
  const { connection, settings, statusItem, logger, asking } = deps;
  const owned = new DisposableStore();
  const tools: OnDemand<ModelTools> = owned.add(new OnDemand(deps.load));
  for (const [id, run] of Object.entries(commands)) {
    owned.add(
      registerCommand(id as CommandId, logger, async (argument) => {
        // What a pick returned is for those who called it here, not for whoever ran the command.
        await run(await tools.get(), argument);
      }),
    );
  }
  for (const [id, choose] of Object.entries(choices)) {
    const ask = async (): Promise<void> => {
      if (await choose(await tools.get())) asking.over();
    };
    owned.add(registerCommand(id as CommandId, logger, (...args) => asking.fromTitle(args, ask)));
  }
  owned.add(keepStatusBar(statusItem, settings, connection));
  return { ...askedOf(tools), dispose: () => owned.dispose() };
}

function askedOf(tools: OnDemand<ModelTools>): Omit<Models, 'dispose'> {
  return {
    entries: async (entry) => (await tools.get()).tree.children(entry),
    chooseModel: async () => (await tools.get()).chooseModel(),
    mends: {
      pickModel: async (asker) => (await tools.get()).pickWanted(asker?.explains),
      pullModel: async (asker) => (await tools.get()).pullMissing(asker.explains),
      allowCloud: async () => (await tools.get()).allowCloud(),
      startServer: async () => (await tools.get()).startServer(),
      changeEndpoint: async () => (await tools.get()).changeAddress(),
      diagnose: async () => (await tools.get()).diagnose(),
      setApiKey: async () => (await tools.get()).setApiKey(),
    },
  };
}
