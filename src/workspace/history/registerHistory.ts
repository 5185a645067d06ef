import { registerCommand } from '../commands';
import { DisposableStore, type Disposable } from '../disposables';
import type { Logger } from '../../conversation/ports';
import { deleteConversation, undoMs, type DeletionDependencies } from './deleteConversation';
import { exportConversation } from './exportConversation';
import { importConversations } from './importConversations';
import { renameConversation } from './renameConversation';
import { showHistory } from './showHistory';

export interface HistoryDependencies extends DeletionDependencies {
  readonly logger: Logger;
  /** Shows the panel, once another conversation is in it. */
  readonly openChat: () => Promise<void>;
}

/** The commands about whole conversations. Each waits until the memory has been read. */
export function registerHistory(deps: HistoryDependencies): Disposable {
  const { conversations, store, clock, logger, openChat } = deps;
  const owned = new DisposableStore();
  // What a window that closed within the undo time did not get to do, once the start is over.
  owned.addCall(clock.after(undoMs, () => void store.tidy(undoMs)));
  const onceRestored = (run: () => Promise<unknown>) => async (): Promise<void> => {
    await conversations.restored();
    await run();
  };
  const show = async (): Promise<void> => {
    if (await showHistory(store, conversations)) await openChat();
  };
  const rename = (): Promise<void> => renameConversation(conversations);
  const remove = (): Promise<void> => deleteConversation(deps);
  const save = (): Promise<void> =>
    exportConversation(store, conversations.current.conversation.id);
  const load = (): Promise<void> => importConversations(store);
  owned.add(registerCommand('cria.showHistory', logger, onceRestored(show)));
  owned.add(registerCommand('cria.renameConversation', logger, onceRestored(rename)));
  owned.add(registerCommand('cria.deleteConversation', logger, onceRestored(remove)));
  owned.add(registerCommand('cria.exportConversation', logger, onceRestored(save)));
  owned.add(registerCommand('cria.importConversations', logger, onceRestored(load)));
  return owned;
}
