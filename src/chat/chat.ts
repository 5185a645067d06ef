import type * as vscode from 'vscode';
import type { ConversationPlace } from '../conversation/ports';
import type { Conversations } from '../conversation/conversations';
import type { ConversationEvent } from '../shared/conversationEvents';
import type { Notice } from '../shared/protocol';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { ChatDependencies } from './chatDependencies';
import { ChatView, trackAnswering } from './chatView';
import { storeNotice } from './panelNotices';
import { copyCommands, turnCommands } from './turnCommands';

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
