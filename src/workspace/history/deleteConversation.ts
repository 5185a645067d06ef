import * as vscode from 'vscode';
import type { Conversations } from '../../conversation/conversations';
import type { Clock } from '../../conversation/ports';
import type { WorkspaceStore } from '../store/conversationStore';

const { t } = vscode.l10n;

/** For so long a deletion can be taken back; then its text is taken out of every file. */
export const undoMs = 60_000;

/** A record's time may lie slightly past the wall clock: times of records never go back. */
const clockSlackMs = 1_000;

export interface DeletionDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
}

/** Deletes the conversation that is shown, and offers to take that back. */
export async function deleteConversation(deps: DeletionDependencies): Promise<void> {
  const { conversations, store, clock } = deps;
  const { id, title, leaf } = conversations.current.conversation;
  if (leaf === null) {
    await vscode.window.showInformationMessage(t('There is nothing to delete here yet.'));
    return;
  }
  const deleted = await conversations.delete(id);
  if (!deleted) return;
  clock.after(undoMs, () => void store.tidy(undoMs - clockSlackMs));
  const undo = t('Undo');
  const sentence = t('The conversation "{0}" is deleted.', title);
  const chosen = await vscode.window.showInformationMessage(sentence, undo);
  if (chosen === undo) await conversations.putBack(deleted);
}
