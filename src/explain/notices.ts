import * as vscode from 'vscode';
import type { ExplainDialogue } from './explainDialogue';
import type { FixAction } from '../shared/protocol';
import { failureNotice, fixButton } from '../ui/failureMessages';
import { noticeComment, type CommentButton, type ThreadComment } from './comments';

const { t } = vscode.l10n;

/** What is to be said below the last answer, if it is more than that it is done. */
export function noticeBelow(
  id: string,
  { outcome, isFull }: ExplainDialogue,
  origin: string,
): ThreadComment | undefined {
  const continueInChat: CommentButton = {
    label: t('Continue in Chat'),
    command: 'cria.continueExplanation',
    arguments: [id],
  };
  const fix = (action: FixAction): CommentButton => ({
    label: fixButton(action).label,
    command: 'cria.fixExplanation',
    arguments: [id, action],
  });
  const end = outcome?.end;
  switch (end?.kind) {
    case 'failed':
    case 'truncated': {
      const notice = failureNotice(end.failure, outcome?.model ?? '', origin);
      // A new conversation would not mend a thread.
      const actions = notice.buttons.map(({ action }) => action);
      const buttons = actions.filter((action) => action !== 'newConversation').map(fix);
      return noticeComment(notice, buttons);
    }
    case 'interrupted':
      return noticeComment({ sentence: t('The answer was interrupted when the window closed.') }, [
        fix('retry'),
      ]);
    case 'done':
      if (end.reason === 'length') {
        return noticeComment({ sentence: t('The answer stopped at the length limit.') }, [
          continueInChat,
        ]);
      }
      return isFull
        ? noticeComment({ sentence: t('Ask on in a conversation: it has more room.') }, [
            continueInChat,
          ])
        : undefined;
    case 'stopped':
    case undefined:
      return undefined;
  }
}
