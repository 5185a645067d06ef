import type { Conversations } from '../conversation/conversations';
import type { ConversationPlace, ConversationSummary, Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/conversationStore';
import { registerCommand } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { Asking } from '../ui/focusReturn';
import { scheduleCompaction } from './compactionSchedule';
import {
  deleteConversation,
  deleteShownConversation,
  offerUndo,
  renameShownConversation,
} from './conversationActions';
import { exportConversation } from './exportConversations';
import { showHistory } from './historyPicker';
import { HistorySearch } from './historySearch';
import { importConversations } from './importConversations';

export interface HistoryDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly asking: Asking;
  /** Opens the panel, at a place in the conversation it shows. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

/** Registers the commands about whole conversations. Each runs once the stored conversations are restored. */
export function registerHistory(deps: HistoryDependencies): Disposable {
  const { conversations, store, clock, logger, asking, openChat } = deps;
  const owned = new DisposableStore();
  owned.add(scheduleCompaction({ store, clock, isBusy: () => conversations.isBusy }));
  const search = owned.add(new HistorySearch({ store, clock, logger }));
  owned.addCall(conversations.onDeleted((id) => search.forget(id)));

  const remove = async ({ id }: ConversationSummary): Promise<void> => {
    const deleted = await deleteConversation({ conversations, store, clock }, id);
    if (!deleted) return;
    offerUndo(conversations, deleted).catch((error: unknown) => {
      logger.error(`A deleted conversation could not be restored: ${String(error)}`);
    });
  };
  const commands = {
    'cria.showHistory': () =>
      showHistory({ conversations, store, clock, asking, openChat, search, remove }),
    'cria.renameConversation': () => renameShownConversation(conversations, asking),
    'cria.deleteConversation': () => deleteShownConversation({ conversations, store, clock }),
    'cria.exportConversation': () =>
      exportConversation(store, conversations.current.conversation.id),
    'cria.importConversations': () => importConversations(store),
  } as const;
  for (const id of Object.keys(commands) as (keyof typeof commands)[]) {
    const runOnceRestored = async (): Promise<void> => {
      await conversations.restored();
      await commands[id]();
    };
    owned.add(
      registerCommand(id, logger, (...args) =>
        opensPicker.has(id) ? asking.fromTitle(args, runOnceRestored) : runOnceRestored(),
      ),
    );
  }
  return owned;
}

/** These ask for input in a picker or an input box. */
const opensPicker: ReadonlySet<string> = new Set(['cria.showHistory', 'cria.renameConversation']);
