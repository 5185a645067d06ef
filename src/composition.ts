import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { Conversations } from './conversation/conversations';
import type { Clock, ExplanationStore, NewId } from './conversation/ports';
import type { ChatSettings } from './conversation/session';
import { registerExplain } from './explain/registerExplain';
import { Connection } from './models/connection';
import { chooseModel, pickModel, type PickerDependencies } from './models/picker';
import { addressProblem, createOllamaBackend, type OllamaBackend } from './ollamaBackend';
import { registerPanel } from './panel/registerPanel';
import { registerAdoption } from './workspace/adoption/registerAdoption';
import { systemClock } from './workspace/clock';
import { registerCommand } from './workspace/commands';
import { DisposableStore } from './workspace/disposables';
import { createFixes, type Fixes } from './workspace/fixes';
import { registerHistory } from './workspace/history/registerHistory';
import { reportSettingProblems } from './workspace/settingProblems';
import { chatSettings, explainSettings, SettingsReader } from './workspace/settings';
import { createConversationStore, type WorkspaceStore } from './workspace/store/conversationStore';
import { createExplanationStore } from './workspace/store/explanationStore';
import { storageDirectory } from './workspace/store/sharedStorage';

export interface Cria {
  /** Closes connections and writes what is not on disk yet. */
  shutDown(): Promise<void>;
}

/** Builds the parts in the order in which they need each other, and joins them. */
export function compose(context: vscode.ExtensionContext): Cria {
  const owned = new DisposableStore();
  context.subscriptions.push(owned);
  const logger = owned.add(vscode.window.createOutputChannel('Cria', { log: true }));
  const base = { clock: systemClock, newId: (): string => randomUUID(), logger };

  const settings = owned.add(new SettingsReader({ addressProblem }));
  owned.add(reportSettingProblems(settings, logger));
  settings.refresh();
  const server = joinServer(owned, settings);
  const directory = storageDirectory(context);
  const store = createConversationStore({ ...base, directory, memento: context.workspaceState });
  const explanations = createExplanationStore({ ...base, directory });
  const chat = (): ChatSettings => chatSettings(settings.current);
  const conversations = owned.add(
    new Conversations({ ...base, chatModel: server.backend, store, settings: chat }),
  );
  registerFeatures(owned, context, {
    ...base,
    ...server,
    settings,
    chat,
    store,
    explanations,
    conversations,
  });
  return {
    async shutDown() {
      conversations.dispose();
      await Promise.all([store.close(), explanations.flush()]);
    },
  };
}

interface Server {
  readonly backend: OllamaBackend;
  readonly connection: Connection;
}

/** The server that is asked, always at the address that is set now. */
function joinServer(owned: DisposableStore, settings: SettingsReader): Server {
  const backend = owned.add(createOllamaBackend());
  backend.connect(settings.current.endpoint);
  const connection = owned.add(
    new Connection({ library: () => backend, origin: () => backend.origin, clock: systemClock }),
  );
  owned.add(
    settings.onChanged((keys) => {
      if (!keys.has('endpoint')) return;
      backend.connect(settings.current.endpoint);
      connection.forget();
    }),
  );
  return { backend, connection };
}

interface Parts extends Server {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: vscode.LogOutputChannel;
  readonly settings: SettingsReader;
  readonly chat: () => ChatSettings;
  readonly store: WorkspaceStore;
  readonly explanations: ExplanationStore;
  readonly conversations: Conversations;
}

function registerFeatures(
  owned: DisposableStore,
  context: vscode.ExtensionContext,
  parts: Parts,
): void {
  const { backend, connection, conversations, logger, settings } = parts;
  const picker: PickerDependencies = {
    connection,
    currentModel: () => settings.current.model,
    fixes: () => fixes,
  };
  const choose = (): Promise<boolean> => pickModel(picker);
  const fixes: Fixes = createFixes({
    pickModel: choose,
    checkConnection: () => connection.check(),
    newConversation: () => conversations.startNew(),
    adoptConversations: () => adoption.adopt(),
    declineAdoption: () => adoption.decline(),
    showLog: () => logger.show(),
  });
  const panel = owned.add(
    registerPanel({
      ...parts,
      extensionUri: context.extensionUri,
      fixes,
      pickModel: choose,
      chooseModel: () => chooseModel(picker),
    }),
  );
  const adoption = registerAdoption({ ...parts, context, say: (notice) => panel.say(notice) });
  owned.add(registerHistory({ ...parts, openChat: (place) => panel.open(place) }));
  owned.add(
    registerExplain({
      ...parts,
      explainModel: backend,
      settings: () => explainSettings(settings.current),
      store: parts.explanations,
      origin: () => backend.origin,
      showIn: () => settings.current['explain.showIn'],
      offersCodeActions: () => settings.current['codeActions.enabled'],
      fixes,
      writeInChat: (text) => panel.write(text),
      askInChat: async (message) => {
        await panel.open();
        conversations.startNew();
        conversations.current.send(message);
      },
      continueInChat: async (events) => {
        await conversations.startWith(events);
        await panel.open();
      },
    }),
  );
  owned.add(registerCommand('cria.selectModel', logger, choose));
  owned.add(registerCommand('cria.showLog', logger, () => logger.show()));
}
