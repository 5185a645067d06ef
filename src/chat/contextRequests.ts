import type { Conversations } from '../conversation/conversations';
import { withRepeatPenalty } from '../conversation/repetition';
import type { FromWebview, Handlers } from '../shared/protocol';
import type { CommandId } from '../ui/commandIds';
import type { Requester } from '../ui/recoveryActions';
import type { Bridge } from './bridge';
import type { ContextControls, FromPanel, PromptSource, RunAndLog } from './chatDependencies';
import { startFromSummary } from './turnCommands';
import { findAnswer } from './turnViews';

/** What the buttons of a turn's notice need. */
export interface RequesterDependencies {
  readonly conversations: Conversations;
  readonly context: ContextControls;
  /** Focuses the message input. */
  readonly toMessage: () => Promise<void>;
}

interface ContextRequestDependencies extends RequesterDependencies {
  readonly prompts: PromptSource;
  readonly runCommand: (command: CommandId) => PromiseLike<unknown>;
}

type ContextRequest =
  | 'setContextStart'
  | 'startFromSummary'
  | 'setContextLength'
  | 'useContext'
  | 'undoContext'
  | 'askContext'
  | 'requestPrompts';

/** Requests about the context window. */
export function contextRequests(
  bridge: Bridge,
  { conversations, prompts, context, runCommand, toMessage }: ContextRequestDependencies,
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
    requestPrompts: () => runAndLog('requestPrompts', tellPrompts()),
    setContextStart: ({ turnId }) => conversations.current.setContextStart(turnId),
    startFromSummary: () =>
      runAndLog('startFromSummary', startFromSummary(conversations, toMessage)),
    setContextLength: () =>
      fromPanel('setContextLength', () => runCommand('cria.setContextLength')),
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
  { conversations, context, toMessage }: RequesterDependencies,
  turnId: string,
): Requester {
  const { current } = conversations;
  const turn = findAnswer(current.conversation, turnId);
  const link = turn?.end?.kind === 'failed' ? turn.end.failure.link : undefined;
  return {
    ...(turn && turn.model !== '' && { model: turn.model }),
    ...(link !== undefined && { link }),
    retry: (model) => current.regenerate(turnId, model),
    retryVaried: () => current.regenerate(turnId, turn?.model, withRepeatPenalty),
    continueAnswer: () => current.continueTurn(turnId),
    useContext: async () => {
      const offered = turn?.metrics?.offered;
      if (!offered) return;
      await context.use(turn.model, offered);
      current.regenerate(turnId, turn.model);
    },
    summarize: () => startFromSummary(conversations, toMessage),
  };
}
