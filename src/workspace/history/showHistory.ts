import * as vscode from 'vscode';
import type { ConversationPlace } from '../../conversation/ports';
import { HistoryPick, type HistoryPickDependencies } from './historyPick';
import { renameConversation } from './renameConversation';

const { t } = vscode.l10n;

export interface ShowHistoryDependencies extends HistoryPickDependencies {
  /** Shows the panel, at that place of the conversation. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

/** Lets the person choose among the workspace's conversations, and shows what was chosen. */
export async function showHistory(deps: ShowHistoryDependencies): Promise<void> {
  const { conversations, store, openChat } = deps;
  const summaries = await store.summaries();
  if (summaries.length === 0) {
    await vscode.window.showInformationMessage(t('There is no conversation in this folder yet.'));
    return;
  }
  const choice = await new HistoryPick(deps, summaries).choose();
  if (!choice) return;
  const { conversation, place } = choice;
  if (choice.action === 'rename') {
    await renameConversation(conversations, conversation);
    await showHistory(deps);
  } else if (await conversations.open(conversation.id)) {
    if (place) conversations.current.reveal(place.turnId);
    await openChat(place);
  } else {
    await vscode.window.showErrorMessage(t('This conversation can no longer be read.'));
  }
}
