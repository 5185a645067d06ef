import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ModelsViewShell } from './activation/initialViews';
import { attachmentCommands } from './attachments/attachmentCommands';
import { askInModal } from './attachments/attachmentConsent';
import { Attachments } from './attachments/attachments';
import { EditorWatch } from './attachments/attachmentSuggestions';
import { createGitHost } from './attachments/gitChanges';
import type { ContextControls } from './chat/chatDependencies';
import { Chat } from './chat/chatView';
import { EditorTheme } from './chat/editorTheme';
import { BlockActions } from './codeBlocks/blockActions';
import { withAutomaticLength } from './conversation/automaticLength';
import { Conversations } from './conversation/conversations';
import { explanationCommands } from './explain/explainCommands';
import { explainSettings } from './explain/explainDialogue';
import { Explanations } from './explain/explanations';
import { AdoptionOffers } from './history/adoptionOffer';
import { History } from './history/history';
import { modelCommands } from './models/modelCommands';
import { saveOverride } from './models/modelOverrides';
import { Models } from './models/models';
import { keepStatusBar } from './models/statusBar';
import { PromptLibrary } from './prompts/promptLibrary';
import { createContextBudget } from './server/modelMemory';
import { createServerConnection } from './server/server';
import { findAddressProblem, splitAddress } from './server/serverAddress';
import { chatSettings } from './settings/settingDescriptors';
import { CostlyValues, reportSettingProblems } from './settings/settingNotices';
import { SettingsReader } from './settings/settingsReader';
import { systemClock } from './shared/clock';
import { createConversationStore } from './storage/conversationStore';
import { createExplanationStore } from './storage/explanationFiles';
import { getStorageDirectory } from './storage/workspaceStore';
import type { CommandId } from './ui/commandIds';
import { type Commands, runCommand } from './ui/commands';
import { showRaise } from './ui/contextMessages';
import { FocusReturn } from './ui/dialogs';
import { type Disposable, DisposableStore } from './ui/disposables';
import { ErrorLog } from './ui/errorLog';
import { createRecoveryActions, noRequester, type RunRecovery } from './ui/recoveryActions';

/** What VS Code has of Cria since activation, and the app draws on. */
export interface Shell {
  readonly statusItem: vscode.StatusBarItem;
  readonly modelsView: ModelsViewShell;
}

/** What VS Code asks of the app. */
export interface App extends Disposable {
  runCommand(id: CommandId, args: readonly unknown[]): Promise<unknown>;
  showChat(view: vscode.WebviewView): void;
  modelEntries(entry?: vscode.TreeItem): Promise<readonly vscode.TreeItem[]>;
  /** Closes connections and writes what is not on disk yet. */
  shutDown(): Promise<void>;
}

/** Builds the parts in the order in which they need each other, and connects them. */
export function createApp(context: vscode.ExtensionContext, shell: Shell): App {
  const owned = new DisposableStore();
  const core = createCore(context, owned);
  const { logger, settings, server, conversations, store, explanationStore, focusReturn } = core;
  owned.add(keepStatusBar(shell.statusItem, settings, server.connection));

  const models = owned.add(createModels(core, shell));
  const adoption = createAdoption(core);
  const runRecovery = createRecovery(core, models, adoption);
  const attachments = owned.add(createAttachments(core));
  const blockActions = owned.add(new BlockActions(core.clock, focusReturn));
  const prompts = createPrompts(core);
  const editor = owned.add(new EditorWatch(core.clock));
  const theme = owned.add(new EditorTheme(logger));
  const chat = owned.add(
    createChat(core, { models, runRecovery, attachments, blockActions, prompts, editor, theme }),
  );
  const history = owned.add(createHistory(core, chat));
  const explanations = owned.add(createExplanations(core, chat));

  const restoreExplanations = (): void => {
    explanations.restore().catch((error: unknown) => logger.error(String(error)));
  };
  models.onRecoveryWanted((action) => void runRecovery(action, noRequester));
  adoption.onNotice((notice) => chat.showNotice(notice));
  adoption.onExplanationsCopied(restoreExplanations);
  restoreExplanations();

  const commands: Commands = {
    ...chat.commands,
    ...history.commands,
    ...modelCommands(models, focusReturn),
    ...explanationCommands(explanations, runRecovery),
    ...attachmentCommands(attachments, chat),
    ...blockActions.commands,
    ...prompts.commands,
    'cria.showLog': () => logger.show(),
  };
  return {
    runCommand: (id, args) => runCommand(commands, logger, id, args),
    showChat: (view) => chat.join(view),
    modelEntries: (entry) => models.tree.children(entry),
    dispose: () => owned.dispose(),
    async shutDown() {
      conversations.dispose();
      await Promise.all([store.close(), explanationStore.flush()]);
    },
  };
}

type Core = ReturnType<typeof createCore>;

/** What every feature needs: the settings, the server they name, and this workspace's conversations. */
function createCore(context: vscode.ExtensionContext, owned: DisposableStore) {
  const logger = owned.add(new ErrorLog());
  const clock = systemClock;
  const newId = (): string => randomUUID();

  const costlyValues = new CostlyValues(context.workspaceState, logger);
  const settings = owned.add(
    new SettingsReader({
      addressProblem: findAddressProblem,
      isAllowed: (value) => costlyValues.isAllowed(value),
    }),
  );
  owned.add(reportSettingProblems(settings, logger));
  owned.add(costlyValues.ask(settings));
  settings.refresh();

  const server = createServerConnection(owned, context, settings, logger);
  const budget = createContextBudget(context.globalState, server.backend, logger);

  const directory = getStorageDirectory(context);
  const memento = context.workspaceState;
  const store = createConversationStore({ directory, memento, clock, newId, logger });
  const explanationStore = createExplanationStore({ directory, clock, newId, logger });
  const conversations = owned.add(
    new Conversations({
      chatModel: server.models,
      store,
      settings: (model) => chatSettings(settings.current, model),
      budget,
      clock,
      newId,
      logger,
    }),
  );
  const focusReturn = new FocusReturn();
  return {
    context,
    logger,
    clock,
    newId,
    settings,
    server,
    budget,
    store,
    explanationStore,
    conversations,
    focusReturn,
  };
}

/** The models of the server: picker, Models view, pull, unload, delete, and the address itself. */
function createModels(core: Core, shell: Shell): Models {
  const { context, settings, server, budget, focusReturn, clock, logger } = core;
  return new Models({
    server: server.backend,
    servedModels: server.models,
    connection: server.connection,
    consent: server.consent,
    credentials: server.credentials,
    lastUsed: server.lastUsed,
    probe: server.probe,
    reconnect: server.reconnect,
    extensionUri: context.extensionUri,
    extensionKind: context.extension.extensionKind,
    addressProblem: findAddressProblem,
    splitAddress,
    settings,
    getProfile: (model) =>
      budget.withLength({ model, profile: chatSettings(settings.current, model).profile }),
    tree: shell.modelsView,
    memento: context.globalState,
    logFolder: context.logUri.fsPath,
    focusReturn,
    clock,
    logger,
  });
}

/** Offers the conversations of a folder that was moved or cloned again. */
function createAdoption(core: Core): AdoptionOffers {
  const { context, conversations, store, explanationStore, newId, logger } = core;
  return new AdoptionOffers({
    conversations,
    store,
    explanations: explanationStore,
    context,
    newId,
    logger,
  });
}

/** What the buttons of notices do. */
function createRecovery(core: Core, models: Models, adoption: AdoptionOffers): RunRecovery {
  const { context, server, conversations, logger } = core;
  return createRecoveryActions({
    pickModel: (requester) => models.pickModelFor(requester?.explains),
    pullModel: (requester) => models.pullMissing(requester.explains),
    allowCloud: (requester) => models.allowCloud(requester),
    startServer: () => models.startServer(),
    changeEndpoint: () => models.changeAddress(),
    diagnose: () => models.diagnose(),
    setApiKey: () => models.setApiKey(),
    checkConnection: () => server.connection.check(),
    newConversation: () => conversations.startNew(),
    adoptConversations: () => adoption.adopt(),
    declineAdoption: () => adoption.decline(),
    showLog: () => logger.show(),
    copyReport: () => logger.copyReport(context),
  });
}

/** What can be attached to a message, at most as much as the context window holds. */
function createAttachments(core: Core): Attachments {
  const { context, conversations, settings, budget, focusReturn, clock, newId, logger } = core;
  return new Attachments({
    pending: conversations.pending,
    contextLength: () => {
      const { model, profile } = chatSettings(settings.current);
      if (profile.automatic !== undefined) return budget.getLongest({ model, profile });
      return profile.contextLength ?? null;
    },
    ask: askInModal,
    git: createGitHost(context.extension.extensionKind),
    focusReturn,
    clock,
    newId,
    logger,
  });
}

/** The prompts behind the slash: Cria's own, the user's, and those of a trusted folder. */
function createPrompts({ context, settings, logger }: Core): PromptLibrary {
  return new PromptLibrary({
    globalStorageUri: context.globalStorageUri,
    ofSetting: () => settings.current.prompts,
    isTrusted: () => vscode.workspace.isTrusted,
    logger,
  });
}

interface ChatFeatures {
  readonly models: Models;
  readonly runRecovery: RunRecovery;
  readonly attachments: Attachments;
  readonly blockActions: BlockActions;
  readonly prompts: PromptLibrary;
  readonly editor: EditorWatch;
  readonly theme: EditorTheme;
}

/** The chat view. It asks the other features through these functions, and imports none of them. */
function createChat(core: Core, features: ChatFeatures): Chat {
  const { models, runRecovery, attachments, blockActions, prompts, editor, theme } = features;
  return new Chat({
    conversations: core.conversations,
    settings: core.settings,
    connection: core.server.connection,
    runRecovery,
    pickModel: () => models.pickModelFor(),
    chooseModel: () => models.chooseModel(),
    runCommand: (command) => vscode.commands.executeCommand(command),
    answerParts: {
      act: (action, answer, block) => blockActions.act(action, answer, block),
      known: (names) => blockActions.names.findExisting(names),
      open: (name) => blockActions.names.open(name),
    },
    attachments,
    editor,
    prompts,
    context: createContextControls(core),
    theme,
    focusReturn: core.focusReturn,
    clock: core.clock,
    logger: core.logger,
  });
}

/** What the chat's buttons about the context length do. */
function createContextControls({ settings, budget }: Core): ContextControls {
  return {
    use: async (model, { to }) => {
      const { profile } = chatSettings(settings.current, model);
      if (profile.automatic === undefined)
        await saveOverride(settings, model, { contextLength: to });
      else budget.useLength(model, to, true);
    },
    undo: (model, raised) => budget.undoRaise(model, raised),
    alwaysAsk: async () => {
      const target = vscode.ConfigurationTarget.Global;
      await vscode.workspace.getConfiguration('cria').update('contextLength', 'ask', target);
    },
  };
}

/** The list of conversations, and what is done with them: search, rename, delete, export, import. */
function createHistory(
  { conversations, store, focusReturn, clock, logger }: Core,
  chat: Chat,
): History {
  return new History({
    conversations,
    store,
    openChat: (place) => chat.open(place),
    focusReturn,
    clock,
    logger,
  });
}

/** Explanations in comment threads, which can continue in the chat. */
function createExplanations(core: Core, chat: Chat): Explanations {
  const { settings, server, budget, explanationStore, clock, newId, logger } = core;
  return new Explanations({
    explainModel: withAutomaticLength(server.models, budget, showRaise),
    settings: () => {
      const asked = explainSettings(settings.current);
      return { ...asked, contextTokens: budget.getLimit(asked).tokens };
    },
    answered: (asked) => void budget.refresh(asked),
    store: explanationStore,
    origin: () => server.backend.origin,
    showIn: () => settings.current['explain.showIn'],
    askInChat: (message, title) => chat.ask(message, title),
    continueInChat: (events, question) => chat.continueFrom(events, question),
    clock,
    newId,
    logger,
  });
}
