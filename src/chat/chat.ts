import type * as vscode from 'vscode';
import type { ConnectionProbe, ConversationPlace, Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { Conversations } from '../conversation/conversations';
import type { SettingsReader } from '../settings/settingsReader';
import type { ConversationEvent } from '../shared/conversationEvents';
import type { Notice } from '../shared/protocol';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { FocusReturn } from '../ui/focusReturn';
import type { RunRecovery } from '../ui/recoveryActions';
import { ChatView, type EditorState, trackAnswering } from './chatView';
import type { AnswerParts, ComposerAttachments, PromptSource } from './pageRequests';
import { storeNotice } from './panelNotices';
import { copyCommands, turnCommands } from './turnCommands';

export interface ChatDependencies {
  readonly conversations: Conversations;
  readonly settings: SettingsReader;
  readonly connection: ConnectionProbe;
  readonly runRecovery: RunRecovery;
  /** Lets the user select the model for chat. Returns whether a model was selected. */
  readonly pickModel: () => Promise<boolean>;
  /** Lets the user choose a model for one answer. */
  readonly chooseModel: () => Promise<string | undefined>;
  readonly answerParts: AnswerParts;
  readonly attachments: ComposerAttachments;
  readonly editor: EditorState;
  readonly prompts: PromptSource;
  readonly focusReturn: FocusReturn;
  readonly clock: Clock;
  readonly logger: Logger;
}

type ChatCommand = Extract<
  CommandId,
  'cria.openChat' | 'cria.newConversation' | 'cria.stop' | 'cria.leaveList'
>;

/** The chat panel: the view, the commands about it, and what other features ask of it. */
export class Chat implements Disposable {
  readonly commands: Commands<ChatCommand> &
    ReturnType<typeof turnCommands> &
    ReturnType<typeof copyCommands>;
  readonly #conversations: Conversations;
  readonly #owned = new DisposableStore();
  readonly #view: ChatView;

  constructor(deps: ChatDependencies) {
    const { conversations, chooseModel, focusReturn, logger } = deps;
    this.#conversations = conversations;
    this.#view = this.#owned.add(new ChatView(deps));
    this.#owned.add(trackAnswering(conversations));
    this.#owned.addCall(conversations.onNotice((notice) => this.showNotice(storeNotice(notice))));
    focusReturn.onReturn(() => {
      this.#view.reopen().catch((error: unknown) => logger.error(`The message: ${String(error)}`));
    });
    const toMessage = (): Promise<void> => this.#view.reopen();
    this.commands = {
      'cria.openChat': () => this.open(),
      'cria.newConversation': async () => {
        conversations.startNew();
        await this.open();
      },
      'cria.stop': () => conversations.current.stop(),
      'cria.leaveList': () => focusReturn.closeList(),
      ...turnCommands({ conversations, chooseModel, focusReturn, toMessage }),
      ...copyCommands(),
    };
  }

  /** Connects a view that VS Code shows to the conversation. */
  join(view: vscode.WebviewView): void {
    this.#view.join(view);
  }

  /** Shows the panel with the caret in the message, or at a place of the conversation. */
  open(place?: ConversationPlace): Promise<void> {
    return this.#view.open(place);
  }

  /** Shows the panel and leaves the caret where it is. */
  reveal(): Promise<void> {
    return this.#view.reveal();
  }

  /** Shows the panel, and sends this as the first message of a new conversation with this title. */
  async ask(message: string, title: string): Promise<void> {
    await this.open();
    this.#conversations.startNew();
    const { current } = this.#conversations;
    current.send(message);
    await current.rename(title);
  }

  /** Shows the panel with a new conversation that begins with these events, and sends `message` in it. */
  async continueFrom(events: readonly ConversationEvent[], message?: string): Promise<void> {
    await this.#conversations.startWith(events);
    if (message !== undefined) this.#conversations.current.send(message);
    await this.open();
  }

  /** Shows a notice above the message input; undefined removes it. */
  showNotice(notice: Notice | undefined): void {
    this.#view.showNotice(notice);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
