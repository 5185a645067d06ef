import * as vscode from 'vscode';
import { Conversation } from '../conversation/conversation';
import type { Conversations } from '../conversation/conversations';
import type { Clock, StoredConversation } from '../conversation/ports';
import type { WorkspaceStore } from '../storage/workspaceStore';
import { undoMs } from './undoTime';
import { showInformation } from '../ui/notifications';

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
