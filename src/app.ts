import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Entrances } from './activation/registrations';
import { registerAttachments } from './attachments/registerAttachments';
import { type Panel, registerPanel } from './chat/registerChat';
import { registerBlocks } from './codeBlocks/registerCodeBlocks';
import type { ContextBudget } from './conversation/contextBudget';
import { Conversations } from './conversation/conversations';
import type { ExplanationStore, NewId } from './conversation/ports';
import type { ChatSettings } from './conversation/session';
import { registerExplain } from './explain/registerExplain';
import { registerAdoption } from './history/adoptionOffer';
import { registerHistory } from './history/registerHistory';
import { loadModelTools } from './models/modelToolsLoader';
import { type Models, registerModels } from './models/registerModels';
import { contextBudget } from './server/modelMemory';
import { joinServer, type Server } from './server/server';
import { addressProblem } from './server/serverAddress';
import { chatSettings, explainSettings } from './settings/requestSettings';
import { CostlyValues, reportSettingProblems } from './settings/settingNotices';
import { SettingsReader } from './settings/settingsReader';
import { type Clock, systemClock } from './shared/clock';
import { createConversationStore, type WorkspaceStore } from './storage/conversationStore';
import { createExplanationStore } from './storage/explanationFiles';
import { getStorageDirectory } from './storage/storageDirectory';
import type { CommandId } from './ui/commandIds';
import { registerCommand, runCommand } from './ui/commands';
import { type Disposable, DisposableStore } from './ui/disposables';
import { Asking } from './ui/focusReturn';
import { createFixes, type Fixes } from './ui/recoveryActions';

export interface Cria extends Disposable {
  runCommand(id: CommandId, args: readonly unknown[]): unknown;
  joinChat(view: vscode.WebviewView): void;
  modelEntries(entry?: vscode.TreeItem): Promise<readonly vscode.TreeItem[]>;
  /** Closes connections and writes what is not on disk yet. */
  shutDown(): Promise<void>;
}

/** Builds the parts in the order in which they need each other, and joins them. */
export function compose(context: vscode.ExtensionContext, entrances: Entrances): Cria {
  const owned = new DisposableStore();
  const logger = owned.add(vscode.window.createOutputChannel('Cria', { log: true }));
  const base = { clock: systemClock, newId: (): string => randomUUID(), logger };

  const costly = new CostlyValues(context.workspaceState, logger);
  const settings = owned.add(
    new SettingsReader({ addressProblem, isAllowed: (value) => costly.isAllowed(value) }),
  );
  owned.add(reportSettingProblems(settings, logger));
  owned.add(costly.ask(settings));
  settings.refresh();
  const server = joinServer(owned, context, settings, logger);
  const directory = getStorageDirectory(context);
  const store = createConversationStore({ ...base, directory, memento: context.workspaceState });
  const explanations = createExplanationStore({ ...base, directory });
  const chat = (model?: string): ChatSettings => chatSettings(settings.current, model);
  const budget = contextBudget(context.globalState, server.backend, logger);
  const conversations = owned.add(
    new Conversations({ ...base, chatModel: server.models, store, settings: chat, budget }),
  );
  const { models, panel } = registerFeatures(owned, context, {
    ...base,
    ...entrances,
    ...server,
    ...{ settings, chat, store, explanations, conversations, budget },
    asking: new Asking(),
  });
  return {
    runCommand,
    joinChat: (view) => panel.join(view),
    modelEntries: (entry) => models.entries(entry),
    dispose: () => owned.dispose(),
    async shutDown() {
      conversations.dispose();
      await Promise.all([store.close(), explanations.flush()]);
    },
  };
}

export interface Parts extends Server, Entrances {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: vscode.LogOutputChannel;
  readonly asking: Asking;
  readonly settings: SettingsReader;
  readonly chat: (model?: string) => ChatSettings;
  readonly store: WorkspaceStore;
  readonly explanations: ExplanationStore;
  readonly conversations: Conversations;
  readonly budget: ContextBudget;
}

function registerFeatures(
  owned: DisposableStore,
  context: vscode.ExtensionContext,
  parts: Parts,
): { readonly models: Models; readonly panel: Panel } {
  const { backend, budget, connection, conversations, logger, settings } = parts;
  const models = owned.add(
    registerModels({
      ...parts,
      load: () => loadModelTools({ ...parts, fixes: () => fixes }, context),
    }),
  );
  const fixes: Fixes = createFixes({
    ...models.mends,
    checkConnection: () => connection.check(),
    newConversation: () => conversations.startNew(),
    adoptConversations: () => adoption.adopt(),
    declineAdoption: () => adoption.decline(),
    showLog: () => logger.show(),
  });
  const attachments = owned.add(registerAttachments({ ...parts, chat: () => panel }));
  const panel: Panel = owned.add(
    registerPanel({
      ...parts,
      globalStorageUri: context.globalStorageUri,
      attachments,
      fixes,
      pickModel: models.mends.pickModel,
      chooseModel: models.chooseModel,
      answerParts: owned.add(registerBlocks(parts)),
    }),
  );
  const adoption = registerAdoption({
    ...parts,
    context,
    say: (notice) => panel.say(notice),
    showExplanations: () => explain.restore(),
  });
  owned.add(registerHistory({ ...parts, openChat: (place) => panel.open(place) }));
  const explain = owned.add(
    registerExplain({
      ...parts,
      explainModel: parts.models,
      settings: () => {
        const asked = explainSettings(settings.current);
        return { ...asked, contextTokens: budget.getLimit(asked).tokens };
      },
      answered: (asked) => void budget.refresh(asked),
      store: parts.explanations,
      origin: () => backend.origin,
      showIn: () => settings.current['explain.showIn'],
      fixes,
      askInChat: (message, title) => panel.ask(message, title),
      continueInChat: (events, question) => panel.show(events, question),
    }),
  );
  owned.add(registerCommand('cria.showLog', logger, () => logger.show()));
  return { models, panel };
}
