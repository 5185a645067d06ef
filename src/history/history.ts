import type { Conversations } from '../conversation/conversations';
import type { ConversationPlace, ConversationSummary, Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/workspaceStore';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import type { FocusReturn } from '../ui/dialogs';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { scheduleCompaction } from './compactionSchedule';
import { exportConversation, importConversations } from './exportImport';
import {
  deleteConversation,
  deleteShownConversation,
  offerUndo,
  renameShownConversation,
  showHistory,
} from './historyPicker';
import { HistorySearch } from './historySearch';

export interface HistoryDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly focusReturn: FocusReturn;
  /** Opens the panel, at a place in the conversation it shows. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

type HistoryCommand = Extract<
  CommandId,
  | 'cria.showHistory'
  | 'cria.renameConversation'
  | 'cria.deleteConversation'
  | 'cria.exportConversation'
  | 'cria.importConversations'
>;

/** The commands about whole conversations. Each runs once the stored conversations are restored. */
export class History implements Disposable {
  readonly commands: Commands<HistoryCommand>;
  readonly #deps: HistoryDependencies;
  readonly #owned = new DisposableStore();
  readonly #search: HistorySearch;

  constructor(deps: HistoryDependencies) {
    const { conversations, store, clock, logger, focusReturn } = deps;
    this.#deps = deps;
    this.#search = this.#owned.add(new HistorySearch({ store, clock, logger }));
    this.#owned.addCall(conversations.onDeleted((id) => this.#search.forget(id)));
    this.#owned.add(scheduleCompaction({ store, clock, isBusy: () => conversations.isBusy }));
    const restored = async (run: () => Promise<void>): Promise<void> => {
      await conversations.restored();
      await run();
    };
    this.commands = {
      'cria.showHistory': (...args) =>
        focusReturn.fromTitle(args, () => restored(() => this.#show())),
      'cria.renameConversation': (...args) =>
        focusReturn.fromTitle(args, () =>
          restored(() => renameShownConversation(conversations, focusReturn)),
        ),
      'cria.deleteConversation': () =>
        restored(() => deleteShownConversation({ conversations, store, clock })),
      'cria.exportConversation': () =>
        restored(() =>
          exportConversation({ store, shown: conversations.current.conversation, logger }),
        ),
      'cria.importConversations': () => restored(() => importConversations(store, logger)),
    };
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #show(): Promise<void> {
    const { conversations, store, clock, logger, focusReturn, openChat } = this.#deps;
    const remove = (summary: ConversationSummary): Promise<void> => this.#remove(summary);
    return showHistory({
      conversations,
      store,
      clock,
      logger,
      focusReturn,
      openChat,
      search: this.#search,
      remove,
    });
  }

  async #remove({ id }: ConversationSummary): Promise<void> {
    const { conversations, store, clock, logger } = this.#deps;
    const deleted = await deleteConversation({ conversations, store, clock }, id);
    if (!deleted) return;
    offerUndo(conversations, deleted).catch((error: unknown) => {
      logger.error(`A deleted conversation could not be restored: ${String(error)}`);
    });
  }
}
