import type { Conversations } from '../conversation/conversations';
import type { FromWebview } from '../shared/protocol';
import type { Handlers } from '../shared/dispatch';
import type { AnswerParts } from './answerParts';
import type { Bridge } from './bridge';
import { turnOf } from './views';

interface AnswerRequestDependencies {
  readonly conversations: Conversations;
  readonly answerParts: AnswerParts;
}

/** What the page asks for about the code and the names of an answer. */
export function answerRequests(
  bridge: Bridge,
  { conversations, answerParts }: AnswerRequestDependencies,
  settle: (what: string, outcome: PromiseLike<unknown>) => void,
): Pick<Handlers<FromWebview>, 'codeAction' | 'lookUp' | 'openName'> {
  return {
    codeAction: ({ turnId, block, action }) => {
      const answer = turnOf(conversations.current.conversation, turnId);
      if (answer) settle('codeAction', answerParts.act(action, answer.text, block));
    },
    lookUp: ({ names }) =>
      settle(
        'lookUp',
        answerParts.known(names).then((known) => bridge.names(known)),
      ),
    openName: ({ name }) => settle('openName', answerParts.open(name)),
  };
}
