import type { ConversationPlace, ConversationSummary, Logger } from '../conversation/ports';
import type { Asking } from '../ui/focusReturn';
import { DisposableStore, type Disposable } from '../ui/disposables';
import {
  deleteConversation,
  deleteShownConversation,
  offerUndo,
  type DeletionDependencies,
} from './deleteConversation';
import { exportConversation } from './exportConversations';
import { HistorySearch } from './historySearch';
import { importConversations } from './importConversations';
import { renameShownConversation } from './renameConversation';
import { showHistory } from './showHistory';

export interface HistoryDependencies extends DeletionDependencies {
  readonly logger: Logger;
  readonly asking: Asking;
  /** Shows the panel, once another conversation is in it, at a place of it. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

/** What can be done with whole conversations. */
export class HistoryActions implements Disposable {
  readonly #deps: HistoryDependencies;
  readonly #owned = new DisposableStore();
  readonly #search: HistorySearch;

  constructor(deps: HistoryDependencies) {
    this.#deps = deps;
    this.#search = this.#owned.add(new HistorySearch(deps));
    this.#owned.addCall(deps.conversations.onForgotten((id) => this.#search.forget(id)));
  }

  show(): Promise<void> {
    const remove = (conversation: ConversationSummary): Promise<void> => this.#remove(conversation);
    return showHistory({ ...this.#deps, search: this.#search, remove });
  }

  rename(): Promise<void> {
    const { conversations, asking } = this.#deps;
    return renameShownConversation(conversations, asking);
  }

  delete(): Promise<void> {
    return deleteShownConversation(this.#deps);
  }

  export(): Promise<void> {
    const { store, conversations } = this.#deps;
    return exportConversation(store, conversations.current.conversation.id);
  }

  import(): Promise<void> {
    return importConversations(this.#deps.store);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #remove({ id }: ConversationSummary): Promise<void> {
    const { conversations, logger } = this.#deps;
    const deleted = await deleteConversation(this.#deps, id);
    if (!deleted) return;
    offerUndo(conversations, deleted).catch((error: unknown) => {
      logger.error(`A conversation was not put back: ${String(error)}`);
    });
  }
}
