import type { Conversations } from '../conversation/conversations';
import type { Handlers } from '../shared/dispatch';
import type { FixAction, FromWebview } from '../shared/protocol';
import type { Asking } from '../ui/focusReturn';
import { nobody, type Asker, type Fixes } from '../ui/recoveryActions';
import type { InPanel, Settle } from './requests';

interface ModelRequestDependencies {
  readonly conversations: Conversations;
  readonly fixes: Fixes;
  readonly pickModel: () => Promise<boolean>;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly asking: Asking;
}

/** Those that ask something first. */
const asks: ReadonlySet<FixAction> = new Set<FixAction>([
  ...(['selectModel', 'pullModel', 'allowCloud', 'changeEndpoint', 'setApiKey'] as const),
]);

/** What the page asks for about models and what stands in their way. */
export function modelRequests(
  { conversations, fixes, pickModel, chooseModel, asking }: ModelRequestDependencies,
  settle: Settle,
  inPanel: InPanel,
): Pick<Handlers<FromWebview>, 'askWithModel' | 'pickModel' | 'fix'> {
  const askWithModel = async (turnId: string): Promise<void> => {
    const { current } = conversations;
    const model = await chooseModel();
    if (model === undefined) return;
    current.regenerate(turnId, model);
    asking.over();
  };
  const pick = async (): Promise<void> => {
    if (await pickModel()) asking.over();
  };
  const ask = async (action: FixAction, asker: Asker): Promise<void> => {
    await fixes(action, {
      proceed: () => asker.proceed(),
      retry: () => {
        asker.retry();
        asking.over();
      },
    });
    // A dialog gives the focus back to the panel, but to nothing in it.
    if (action === 'allowCloud') asking.over();
  };
  return {
    askWithModel: ({ turnId }) => inPanel('askWithModel', () => askWithModel(turnId)),
    pickModel: () => inPanel('pickModel', pick),
    fix: ({ action, turnId }) => {
      const asker = askerOf(conversations, turnId);
      if (asks.has(action)) inPanel('fix', () => ask(action, asker));
      else settle('fix', fixes(action, asker));
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
