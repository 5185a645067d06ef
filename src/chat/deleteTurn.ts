import * as vscode from 'vscode';
import type { ConversationSession } from '../conversation/session';

const { t } = vscode.l10n;

/**
 * Takes a turn out of the conversation, once the person has said so: there is no way back.
 *
 * @param toMessage a dialog gives the focus back to the panel, but to nothing in it
 */
export async function deleteTurn(
  session: ConversationSession,
  turnId: string,
  toMessage: () => Promise<void>,
): Promise<void> {
  const turn = session.conversation.turn(turnId);
  if (!turn || session.running) return;
  const remove = t('Delete');
  const sentence =
    turn.role === 'user'
      ? t('Delete this message and its answers?')
      : t('Delete this answer? The message it answers stays.');
  const chosen = await vscode.window.showWarningMessage(sentence, { modal: true }, remove);
  if (chosen === remove) session.deleteTurn(turnId);
  await toMessage();
}
