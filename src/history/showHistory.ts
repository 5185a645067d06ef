import * as vscode from 'vscode';
import type { ConversationPlace } from '../conversation/ports';
import type { Asking } from '../ui/focusReturn';
import { withQuickInputs, type QuickInputs } from '../ui/quickInputs';
import { cleanUp, type CleanUpDependencies } from './cleanUp';
import { HistoryPick, type HistoryPickDependencies } from './historyPick';
import { renameConversation } from './renameConversation';
import { showError, showInformation } from '../ui/notifications';

const { t } = vscode.l10n;

export interface ShowHistoryDependencies extends HistoryPickDependencies, CleanUpDependencies {
  readonly asking: Asking;
  /** Shows the panel, at that place of the conversation. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

/** Lets the person choose among the workspace's conversations, and shows what was chosen. */
export function showHistory(deps: ShowHistoryDependencies): Promise<void> {
  return withQuickInputs((inputs) => choose(deps, inputs), deps.asking);
}

async function choose(deps: ShowHistoryDependencies, inputs: QuickInputs): Promise<void> {
  const { conversations, store } = deps;
  const summaries = await store.summaries();
  if (summaries.length === 0) {
    await showInformation(t('There is no conversation in this folder yet.'));
    return;
  }
  const choice = await new HistoryPick(deps, summaries).choose(inputs);
  switch (choice?.action) {
    case undefined:
      return;
    case 'open':
      inputs.dispose();
      await open(deps, choice.conversation.id, choice.place);
      return;
    case 'rename':
      await renameConversation(conversations, inputs, choice.conversation);
      break;
    case 'cleanUp':
      await cleanUp(deps, inputs);
      break;
  }
  await choose(deps, inputs);
}

async function open(
  { conversations, openChat }: ShowHistoryDependencies,
  id: string,
  place: ConversationPlace | undefined,
): Promise<void> {
  if (!(await conversations.open(id))) {
    await showError(t('This conversation can no longer be read.'));
    return;
  }
  if (place) conversations.current.reveal(place.turnId);
  await openChat(place);
}
