import type { Conversations } from '../conversation/conversations';
import type { FromWebview, Handlers } from '../shared/protocol';
import type { CommandId } from '../ui/commandIds';
import type { Requester } from '../ui/recoveryActions';
import type { Bridge } from './bridge';
import type { ContextControls, PromptSource } from './chatDependencies';
import type { FromPanel, RunAndLog } from './pageRequests';
import { startFromSummary } from './turnCommands';
import { findAnswer } from './turnViews';

export interface ContextRequestDependencies {
  readonly conversations: Conversations;
  readonly connection: { readonly origin: string };
  readonly prompts: PromptSource;
  readonly context: ContextControls;
  readonly runCommand: (command: CommandId) => PromiseLike<unknown>;
  readonly write: (text: string) => void;
}

type ContextRequest =
  | 'forgetFrom'
  | 'startAnew'
  | 'raiseContext'
  | 'useContext'
  | 'undoContext'
  | 'askContext'
  | 'wantPrompts';

/** Requests about the context window. */
export function contextRequests(
  bridge: Bridge,
  { conversations, connection, prompts, context, runCommand, write }: ContextRequestDependencies,
  runAndLog: RunAndLog,
  fromPanel: FromPanel,
): Pick<Handlers<FromWebview>, ContextRequest> {
  const tellPrompts = async (): Promise<void> => bridge.prompts(await prompts.all());
  const useOffered = async (): Promise<void> => {
    const { current, draft, pending } = conversations;
    const { offer } = current.preview({ text: draft, attachments: pending.attachments });
    if (offer) await context.use(current.model, offer);
  };
  return {
    wantPrompts: () => runAndLog('wantPrompts', tellPrompts()),
    forgetFrom: ({ turnId }) => conversations.current.setContextStart(turnId),
    startAnew: () =>
      runAndLog('startAnew', startFromSummary(conversations, connection.origin, write)),
    raiseContext: () => fromPanel('raiseContext', () => runCommand('cria.setContextLength')),
    useContext: () => runAndLog('useContext', useOffered()),
    undoContext: ({ turnId }) => undoRaise(conversations, context, turnId),
    askContext: () => runAndLog('askContext', context.alwaysAsk()),
  };
}

/** An answer that waits for the reload is asked again, with the former context. */
function undoRaise({ current }: Conversations, context: ContextControls, turnId: string): void {
  const turn = findAnswer(current.conversation, turnId);
  const activity = current.getActivity(turnId);
  const raised = turn?.metrics?.raised ?? activity?.raised;
  if (!turn || !raised) return;
  context.undo(turn.model, raised);
  if (activity === undefined || turn.text !== '') return;
  current.stop();
  current.regenerate(turnId, turn.model);
}

/** What the buttons of the notice under an answer do. */
export function createRequester(
  {
    conversations,
    connection,
    context,
    write,
  }: Omit<ContextRequestDependencies, 'prompts' | 'runCommand'>,
  turnId: string,
): Requester {
  const { current } = conversations;
  const turn = findAnswer(current.conversation, turnId);
  const link = turn?.end?.kind === 'failed' ? turn.end.failure.link : undefined;
  return {
    ...(turn && turn.model !== '' && { model: turn.model }),
    ...(link !== undefined && { link }),
    retry: (model) => current.regenerate(turnId, model),
    continueAnswer: () => current.continueTurn(turnId),
    useContext: async () => {
      const offered = turn?.metrics?.offered;
      if (!offered) return;
      await context.use(turn.model, offered);
      current.regenerate(turnId, turn.model);
    },
    summarize: () => startFromSummary(conversations, connection.origin, write),
  };
}
