import type { ConversationPlace, ConversationSummary, Logger } from '../../conversation/ports';
import { registerCommand } from '../commands';
import { DisposableStore, type Disposable } from '../disposables';
import {
  deleteConversation,
  deleteShownConversation,
  offerUndo,
  type DeletionDependencies,
} from './deleteConversation';
import { exportConversation } from './exportConversation';
import { HistorySearch } from './historySearch';
import { importConversations } from './importConversations';
import { keepTidy } from './keepTidy';
import { renameShownConversation } from './renameConversation';
import { showHistory } from './showHistory';

export interface HistoryDependencies extends DeletionDependencies {
  readonly logger: Logger;
  /** Shows the panel, once another conversation is in it, at a place of it. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

/** The commands about whole conversations. Each waits until the memory has been read. */
export function registerHistory(deps: HistoryDependencies): Disposable {
  const { conversations, store, clock, logger } = deps;
  const owned = new DisposableStore();
  owned.add(keepTidy({ store, clock, isBusy: () => conversations.isBusy }));
  const search = owned.add(new HistorySearch(deps));
  owned.addCall(conversations.onForgotten((id) => search.forget(id)));

  const remove = async ({ id }: ConversationSummary): Promise<void> => {
    const deleted = await deleteConversation(deps, id);
    if (!deleted) return;
    offerUndo(conversations, deleted).catch((error: unknown) => {
      logger.error(`A conversation was not put back: ${String(error)}`);
    });
  };
  const commands = {
    'cria.showHistory': () => showHistory({ ...deps, search, remove }),
    'cria.renameConversation': () => renameShownConversation(conversations),
    'cria.deleteConversation': () => deleteShownConversation(deps),
    'cria.exportConversation': () =>
      exportConversation(store, conversations.current.conversation.id),
    'cria.importConversations': () => importConversations(store),
  } as const;
  for (const [id, run] of Object.entries(commands)) {
    const onceRestored = async (): Promise<void> => {
      await conversations.restored();
      await run();
    };
    owned.add(registerCommand(id as keyof typeof commands, logger, onceRestored));
  }
  return owned;
}
