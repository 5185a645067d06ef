import type { Conversations } from '../conversation/conversations';
import type { FromWebview } from '../shared/protocol';
import type { Handlers } from '../shared/dispatch';
import type { AnswerParts } from './answerParts';
import type { Bridge } from './bridge';
import type { InPanel, Settle } from './requests';
import { turnOf } from './views';

interface AnswerRequestDependencies {
  readonly conversations: Conversations;
  readonly answerParts: AnswerParts;
}

/** What the page asks for about the code and the names of an answer. */
export function answerRequests(
  bridge: Bridge,
  { conversations, answerParts }: AnswerRequestDependencies,
  settle: Settle,
  inPanel: InPanel,
): Pick<Handlers<FromWebview>, 'codeAction' | 'lookUp' | 'openName'> {
  return {
    codeAction: ({ turnId, block, action }) => {
      const answer = turnOf(conversations.current.conversation, turnId);
      if (!answer) return;
      const act = (): Promise<void> => answerParts.act(action, answer.text, block);
      if (action === 'newFile') inPanel('codeAction', act);
      else settle('codeAction', act());
    },
    lookUp: ({ names }) =>
      settle(
        'lookUp',
        answerParts.known(names).then((known) => bridge.names(known)),
      ),
    openName: ({ name }) => settle('openName', answerParts.open(name)),
  };
}
