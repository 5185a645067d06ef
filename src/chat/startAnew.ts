import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import { failureNotice } from '../ui/failureMessages';
import { showProgress, showWarning } from '../ui/notifications';

const { t } = vscode.l10n;

/**
 * Has the model sum up the conversation, and begins a new one with that as the text of a message: the
 * person reads it, changes it, and sends it or not.
 *
 * @param write puts text into the message that is being written
 */
export async function startAnew(
  conversations: Conversations,
  origin: string,
  write: (text: string) => void,
): Promise<void> {
  const { current } = conversations;
  if (current.running || current.conversation.leaf === null) return;
  const summary = await showProgress(
    t('Cria: summing up the conversation'),
    (_report, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return current.summarize(controller.signal);
    },
    { cancellable: true },
  );
  if (summary.kind === 'cancelled') return;
  if (summary.kind === 'failed' || summary.text === '') {
    const sentence =
      summary.kind === 'failed'
        ? failureNotice(summary.failure, current.model, origin).sentence
        : t('The model sent an empty answer.');
    const again = t('Try Again');
    const chosen = await showWarning(sentence, again);
    if (chosen === again) await startAnew(conversations, origin, write);
    return;
  }
  conversations.startNew();
  write(`${t('Summary of our conversation so far:')}\n\n${summary.text}\n\n`);
}
