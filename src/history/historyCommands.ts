import * as vscode from 'vscode';
import { Conversation } from '../conversation/conversation';
import type { Conversations } from '../conversation/conversations';
import type {
  ConversationPlace,
  ConversationSummary,
  Logger,
  StoredConversation,
} from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/conversationStore';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { Asking } from '../ui/focusReturn';
import { showInformation } from '../ui/notifications';
import { type QuickInputs, withQuickInputs } from '../ui/quickInputs';
import { exportConversation } from './exportConversations';
import { showHistory } from './historyPicker';
import { HistorySearch } from './historySearch';
import { importConversations } from './importConversations';
import { undoMs } from './keepTidy';

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

const { t } = vscode.l10n;

/** A record's time may lie slightly past the wall clock: times of records never go back. */
const clockSlackMs = 1_000;

export interface DeletionDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
}

/** Deletes a conversation; gives what it was, for {@link offerUndo}. */
export async function deleteConversation(
  { conversations, store, clock }: DeletionDependencies,
  id: string,
): Promise<StoredConversation | undefined> {
  const deleted = await conversations.delete(id);
  if (deleted) clock.after(undoMs, () => void store.tidy(undoMs - clockSlackMs));
  return deleted;
}

/** Says that a conversation is deleted, and puts it back when the person wants that. */
export async function offerUndo(
  conversations: Conversations,
  deleted: StoredConversation,
): Promise<void> {
  const { title } = new Conversation(deleted.id, deleted.events);
  const sentence = t('The conversation "{0}" is deleted.', title);
  const chosen = await showInformation(sentence, t('Undo'));
  if (chosen !== undefined) await conversations.putBack(deleted);
}

/** Deletes the conversation that is shown, and offers to take that back. */
export async function deleteShownConversation(deps: DeletionDependencies): Promise<void> {
  const { conversation } = deps.conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('There is nothing to delete here yet.'));
    return;
  }
  const deleted = await deleteConversation(deps, conversation.id);
  if (deleted) await offerUndo(deps.conversations, deleted);
}

/** Lets the person give a conversation another title. */
export async function renameConversation(
  conversations: Conversations,
  inputs: QuickInputs,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<void> {
  const typed = await inputs.text({
    title: t('Rename the Conversation'),
    value: title,
    validate: (text) => (text.trim() === '' ? t('A title needs a word.') : undefined),
  });
  if (typed !== undefined) await conversations.rename(id, typed.trim());
}

/** The same for the conversation that is shown. */
export async function renameShownConversation(
  conversations: Conversations,
  asking: Asking,
): Promise<void> {
  const { conversation } = conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('There is no conversation to rename yet.'));
    return;
  }
  const rename = (inputs: QuickInputs): Promise<void> =>
    renameConversation(conversations, inputs, conversation);
  await withQuickInputs(rename, asking);
  asking.over();
}
