import type { Logger } from '../conversation/ports';
import type { FromWebview } from '../shared/protocol';
import type { Handlers } from '../shared/dispatch';
import { openLink } from '../ui/links';
import { answerRequests } from './answerRequests';
import type { Bridge } from './bridge';
import type { ChatViewDependencies } from './chatView';
import { composerRequests } from './composerRequests';
import { deleteTurn } from './deleteTurn';
import { modelRequests } from './modelRequests';
import { planRequests } from './planRequests';

interface RequestDependencies extends Pick<
  ChatViewDependencies,
  | 'conversations'
  | 'logger'
  | 'connection'
  | 'fixes'
  | 'pickModel'
  | 'chooseModel'
  | 'attachments'
  | 'showConversations'
  | 'answerParts'
  | 'prompts'
  | 'asking'
> {
  /** Puts the caret into the message. */
  readonly toMessage: () => Promise<void>;
  /** Puts text into the message that is being written. */
  readonly write: (text: string) => void;
}

/** Reports what goes wrong. */
export type Settle = (what: string, outcome: PromiseLike<unknown>) => void;

/** Does what asks the person something, in lists that were opened from the panel. */
export type InPanel = (what: string, run: () => PromiseLike<unknown>) => void;

/** What each request of the page does. A new message does not compile until it is handled here. */
export function requestHandlers(
  bridge: Bridge,
  deps: RequestDependencies,
  onReady: () => void,
): Handlers<FromWebview> {
  const { conversations, connection, toMessage } = deps;
  const settle = settling(deps.logger);
  const inPanel: InPanel = (what, run) => settle(what, deps.asking.inPanel(run));
  return {
    ready: () => {
      // What was shown last comes first, so that no empty panel flashes up.
      void conversations.restored().then(() => {
        bridge.snapshot();
        onReady();
      });
      if (connection.state.kind !== 'connected') settle('check', connection.check());
    },
    ack: () => bridge.acknowledge(),
    ...composerRequests(bridge, deps, settle, inPanel),
    stop: () => conversations.current.stop(),
    regenerate: ({ turnId }) => conversations.current.regenerate(turnId),
    editAndResend: ({ turnId, text }) => {
      // An answer has begun meanwhile: what was typed is not lost.
      if (conversations.current.editAndResend(turnId, text) === 'busy') deps.write(text);
    },
    selectBranch: ({ turnId, step }) => conversations.current.selectBranch(turnId, step),
    continueTurn: ({ turnId }) => conversations.current.continueTurn(turnId),
    deleteTurn: ({ turnId }) =>
      settle('deleteTurn', deleteTurn(conversations.current, turnId, toMessage)),
    loadEarlier: ({ before }) => bridge.earlier(before),
    newConversation: () => conversations.startNew(),
    ...modelRequests(deps, settle, inPanel),
    openLink: ({ href, text }) => settle('openLink', openLink(href, text, toMessage)),
    ...answerRequests(bridge, deps, settle, inPanel),
    ...planRequests(bridge, deps, settle, inPanel),
    resync: () => bridge.snapshot(),
    pageError: ({ message, detail }) => deps.logger.error(`page: ${message}\n${detail ?? ''}`),
  };
}

function settling(logger: Logger): Settle {
  return (what, outcome) => {
    outcome.then(undefined, (error: unknown) => logger.error(`${what}: ${String(error)}`));
  };
}
