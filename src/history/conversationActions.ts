import * as vscode from 'vscode';
import { Conversation } from '../conversation/conversation';
import type { Conversations } from '../conversation/conversations';
import type { StoredConversation } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/conversationStore';
import type { FocusReturn } from '../ui/focusReturn';
import { showInformation } from '../ui/notifications';
import { type QuickInputs, withQuickInputs } from '../ui/quickInputs';
import { undoMs } from './compactionSchedule';

const { t } = vscode.l10n;

/** A record's time may be slightly later than the wall clock, because times of records never decrease. */
const clockSlackMs = 1_000;

export interface DeletionDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
}

/** Deletes a conversation; resolves with its content, for {@link offerUndo}. */
export async function deleteConversation(
  { conversations, store, clock }: DeletionDependencies,
  id: string,
): Promise<StoredConversation | undefined> {
  const deleted = await conversations.delete(id);
  if (deleted) clock.after(undoMs, () => void store.compact(undoMs - clockSlackMs));
  return deleted;
}

/** Reports the deletion, and restores the conversation if the user chooses Undo. */
export async function offerUndo(
  conversations: Conversations,
  deleted: StoredConversation,
): Promise<void> {
  const { title } = new Conversation(deleted.id, deleted.events);
  const sentence = t('Chat "{0}" deleted.', title);
  const chosen = await showInformation(sentence, t('Undo'));
  if (chosen !== undefined) await conversations.putBack(deleted);
}

export async function deleteShownConversation(deps: DeletionDependencies): Promise<void> {
  const { conversation } = deps.conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('No chat to delete.'));
    return;
  }
  const deleted = await deleteConversation(deps, conversation.id);
  if (deleted) await offerUndo(deps.conversations, deleted);
}

/** Asks for a new title. */
export async function renameConversation(
  conversations: Conversations,
  inputs: QuickInputs,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<void> {
  const typed = await inputs.text({
    title: t('Rename Chat'),
    value: title,
    validate: (text) => (text.trim() === '' ? t('Enter a title.') : undefined),
  });
  if (typed !== undefined) await conversations.rename(id, typed.trim());
}

export async function renameShownConversation(
  conversations: Conversations,
  focusReturn: FocusReturn,
): Promise<void> {
  const { conversation } = conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('No chat to rename.'));
    return;
  }
  const rename = (inputs: QuickInputs): Promise<void> =>
    renameConversation(conversations, inputs, conversation);
  await withQuickInputs(rename, focusReturn);
  focusReturn.returnToMessage();
}
