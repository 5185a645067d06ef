import type { Conversations } from '../conversation/conversations';
import type { Handlers } from '../shared/dispatch';
import type { FromWebview } from '../shared/protocol';
import { nobody, type Asker, type Fixes } from '../workspace/fixes';

interface ModelRequestDependencies {
  readonly conversations: Conversations;
  readonly fixes: Fixes;
  readonly pickModel: () => Promise<boolean>;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly toMessage: () => Promise<void>;
}

/** What the page asks for about models and what stands in their way. */
export function modelRequests(
  { conversations, fixes, pickModel, chooseModel, toMessage }: ModelRequestDependencies,
  settle: (what: string, outcome: PromiseLike<unknown>) => void,
): Pick<Handlers<FromWebview>, 'askWithModel' | 'pickModel' | 'fix'> {
  const askWithModel = async (turnId: string): Promise<void> => {
    const { current } = conversations;
    const model = await chooseModel();
    if (model === undefined) return;
    current.regenerate(turnId, model);
    await toMessage();
  };
  const pick = async (): Promise<void> => {
    if (await pickModel()) await toMessage();
  };
  const thenToMessage = (asker: Asker): Asker => ({
    proceed: () => asker.proceed(),
    retry: () => {
      asker.retry();
      settle('toMessage', toMessage());
    },
  });
  return {
    askWithModel: ({ turnId }) => settle('askWithModel', askWithModel(turnId)),
    pickModel: () => settle('pickModel', pick()),
    fix: ({ action, turnId }) => {
      const asker = askerOf(conversations, turnId);
      settle('fix', fixes(action, action === 'selectModel' ? thenToMessage(asker) : asker));
    },
  };
}

function askerOf(conversations: Conversations, turnId: string | undefined): Asker {
  if (turnId === undefined) return nobody;
  return {
    retry: () => conversations.current.regenerate(turnId),
    proceed: () => conversations.current.continueTurn(turnId),
  };
}
