import * as vscode from 'vscode';
import { EditorWatch } from '../attachments/attachmentSuggestions';
import type { ConversationPlace } from '../conversation/ports';
import { registerPrompts } from '../prompts/registerPrompts';
import type { ConversationEvent } from '../shared/conversationEvents';
import type { Notice } from '../shared/protocol';
import { registerCommand } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { ChatView, type ChatViewDependencies, trackAnswering } from './chatView';
import { storeNotice } from './panelNotices';
import { registerCopyCommands, registerTurnCommands } from './turnCommands';

export interface Panel extends Disposable {
  /** Joins a view that VS Code shows to the conversation. */
  join(view: vscode.WebviewView): void;
  /** Shows the panel with the caret in the message, or at a place of the conversation. */
  open(place?: ConversationPlace): Promise<void>;
  /** Shows the panel, and asks this in a conversation of its own, with this title. */
  ask(message: string, title: string): Promise<void>;
  /** Shows the panel with a new conversation that begins with these events, and asks on there. */
  show(events: readonly ConversationEvent[], message?: string): Promise<void>;
  /** Shows the panel and leaves the caret where it is. */
  reveal(): Promise<void>;
  /** Shows or clears a notice above the composer. */
  say(notice: Notice | undefined): void;
}

/** Some of what the chat view needs is the panel's own. */
export interface PanelDependencies extends Omit<
  ChatViewDependencies,
  'editorWatch' | 'showConversations' | 'prompts'
> {
  readonly globalStorageUri: vscode.Uri;
}

/** The chat view and the commands about it. */
export function registerPanel(deps: PanelDependencies): Panel {
  const { conversations, logger } = deps;
  const owned = new DisposableStore();
  const view = owned.add(
    new ChatView({
      ...deps,
      prompts: owned.add(registerPrompts(deps, deps.globalStorageUri)),
      editorWatch: owned.add(new EditorWatch(deps.clock)),
      showConversations: async () => vscode.commands.executeCommand('cria.showHistory'),
    }),
  );
  owned.add(trackAnswering(conversations));
  owned.add(registerTurnCommands({ ...deps, toMessage: () => view.reopen() }));
  deps.asking.leadsBackBy(() => {
    view.reopen().catch((error: unknown) => logger.error(`The message: ${String(error)}`));
  });
  owned.add(registerCommand('cria.leaveList', logger, () => deps.asking.leave()));
  owned.add(registerCopyCommands(logger));
  owned.addCall(conversations.onNotice((notice) => view.say(storeNotice(notice))));
  owned.add(registerCommand('cria.openChat', logger, () => view.open()));
  owned.add(
    registerCommand('cria.newConversation', logger, async () => {
      conversations.startNew();
      await view.open();
    }),
  );
  owned.add(registerCommand('cria.stop', logger, () => conversations.current.stop()));
  return {
    join: (shown) => view.join(shown),
    open: (place) => view.open(place),
    ask: async (message, title) => {
      await view.open();
      conversations.startNew();
      const { current } = conversations;
      current.send(message);
      await current.rename(title);
    },
    show: async (events, message) => {
      await conversations.startWith(events);
      if (message !== undefined) conversations.current.send(message);
      await view.open();
    },
    reveal: () => view.reveal(),
    say: (notice) => view.say(notice),
    dispose: () => owned.dispose(),
  };
}
