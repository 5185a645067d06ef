import * as v from 'valibot';
import type { Conversations } from '../conversation/conversations';
import type { Logger } from '../conversation/ports';
import type { ConversationSession, SendResult } from '../conversation/session';
import type { Attachment } from '../shared/turn';
import {
  type AttachSource,
  dispatch,
  type FixAction,
  type FromWebview,
  fromWebviewSchema,
  type Handlers,
  maxMessageLength,
} from '../shared/protocol';
import { showsAddress } from '../shared/urlPolicy';
import type { CommandId } from '../ui/commandIds';
import type { FocusReturn } from '../ui/dialogs';
import { openLink } from '../ui/openLink';
import { type Requester, type RunRecovery, noRequester } from '../ui/recoveryActions';
import type { Bridge } from './bridge';
import type {
  AnswerParts,
  ChatDependencies,
  ComposerAttachments,
  FromPanel,
  RunAndLog,
} from './chatDependencies';
import { contextRequests, createRequester, type RequesterDependencies } from './contextRequests';
import { deleteTurn, whenIdle } from './turnCommands';
import { findAnswer } from './turnViews';

/** What requests do to the view that they come from. */
interface ViewActions {
  /** The page has its first snapshot. */
  readonly onReady: () => void;
  /** Focuses the message input. */
  readonly toMessage: () => Promise<void>;
  /** Appends text to the draft. */
  readonly write: (text: string) => void;
  /** Sends the colors of the theme. */
  readonly onThemeShown: (id: string) => void;
}

/** The handler of each message of the page. A new message does not compile until it is handled here. */
export function requestHandlers(
  bridge: Bridge,
  deps: Omit<ChatDependencies, 'settings' | 'editor' | 'clock' | 'theme'>,
  { onReady, toMessage, write, onThemeShown }: ViewActions,
): Handlers<FromWebview> {
  const { conversations, connection, context, prompts, attachments, answerParts } = deps;
  const { runRecovery, pickModel, chooseModel, runCommand, focusReturn, logger } = deps;
  const runAndLog = createRunner(logger);
  const fromPanel: FromPanel = (what, run) => runAndLog(what, focusReturn.fromPanel(run));
  const ofTurn = { conversations, context, toMessage };
  const composer = { conversations, attachments, focusReturn, runCommand, write };
  const change = (what: string, run: (session: ConversationSession) => unknown): void => {
    const { current } = conversations;
    runAndLog(
      what,
      whenIdle(current, () => run(current)),
    );
  };
  const isShown = (address: string): boolean => isAddressShown(conversations.current, address);
  return {
    ready: () => {
      // The page gets its snapshot also if nothing could be restored.
      const show = (): void => {
        bridge.snapshot();
        onReady();
      };
      runAndLog('ready', conversations.restored().finally(show));
      if (connection.state.kind !== 'connected') runAndLog('check', connection.check());
    },
    ack: () => bridge.acknowledge(),
    ...composerRequests(bridge, composer, runAndLog, fromPanel),
    stop: () => conversations.current.stop(),
    regenerate: ({ turnId }) => change('regenerate', (session) => session.regenerate(turnId)),
    editAndResend: ({ id, turnId, text }) =>
      answerSend(bridge, id, conversations.current.editAndResend(turnId, text)),
    selectBranch: ({ turnId, step }) =>
      change('selectBranch', (session) => session.selectBranch(turnId, step)),
    continueTurn: ({ turnId }) => change('continueTurn', (session) => session.continueTurn(turnId)),
    deleteTurn: ({ turnId }) =>
      runAndLog('deleteTurn', deleteTurn(conversations.current, turnId, toMessage)),
    loadEarlier: ({ before }) => bridge.earlier(before),
    newConversation: () => conversations.startNew(),
    ...modelRequests(
      { ...ofTurn, runRecovery, pickModel, chooseModel, focusReturn },
      runAndLog,
      fromPanel,
    ),
    openLink: ({ href, text }) => runAndLog('openLink', openLink(href, text, isShown, toMessage)),
    ...answerRequests(bridge, { conversations, answerParts }, runAndLog, fromPanel),
    ...contextRequests(bridge, { ...ofTurn, prompts, runCommand }, runAndLog, fromPanel),
    themeShown: ({ theme }) => onThemeShown(theme),
    resync: () => bridge.snapshot(),
    pageError: ({ message, detail }) => logger.error(`page: ${message}\n${detail ?? ''}`),
  };
}

/** Whether an answer on the path that is shown has the address as words. */
function isAddressShown({ conversation }: ConversationSession, address: string): boolean {
  return conversation
    .path()
    .some((turn) => turn.role === 'assistant' && showsAddress(turn.text, address));
}

function createRunner(logger: Logger): RunAndLog {
  return (what, outcome) => {
    outcome.then(undefined, (error: unknown) => logger.error(`${what}: ${String(error)}`));
  };
}

/** Tells the page whether its message was taken; the page keeps the text until it was. */
function answerSend(bridge: Bridge, id: string, result: SendResult | 'queued'): boolean {
  const isTaken = result === 'sent' || result === 'queued';
  if (isTaken) bridge.accept(id);
  else bridge.refuse(id, result === 'busy' ? 'busy' : 'invalid');
  return isTaken;
}

interface AnswerRequestDependencies {
  readonly conversations: Conversations;
  readonly answerParts: AnswerParts;
}

/** Requests about code blocks and names of an answer. */
export function answerRequests(
  bridge: Bridge,
  { conversations, answerParts }: AnswerRequestDependencies,
  runAndLog: RunAndLog,
  fromPanel: FromPanel,
): Pick<Handlers<FromWebview>, 'codeAction' | 'lookUp' | 'openName'> {
  return {
    codeAction: ({ turnId, block, action }) => {
      const answer = findAnswer(conversations.current.conversation, turnId);
      if (!answer) return;
      const act = (): Promise<void> => answerParts.act(action, answer.text, block);
      if (action === 'newFile') fromPanel('codeAction', act);
      else runAndLog('codeAction', act());
    },
    lookUp: ({ names }) =>
      runAndLog(
        'lookUp',
        answerParts.known(names).then((known) => bridge.names(known)),
      ),
    openName: ({ name }) => runAndLog('openName', answerParts.open(name)),
  };
}

interface ComposerRequestDependencies {
  readonly conversations: Conversations;
  readonly attachments: ComposerAttachments;
  readonly focusReturn: FocusReturn;
  readonly runCommand: (command: CommandId) => PromiseLike<unknown>;
  readonly write: (text: string) => void;
}

type ComposerRequest =
  | 'send'
  | 'draftChanged'
  | 'attach'
  | 'attachText'
  | 'attachUris'
  | 'detach'
  | 'attachParts'
  | 'previewAttachment'
  | 'queued'
  | 'query'
  | 'showConversations';

/** Requests about the draft and the queue. */
export function composerRequests(
  bridge: Bridge,
  { conversations, attachments, focusReturn, runCommand, write }: ComposerRequestDependencies,
  runAndLog: RunAndLog,
  fromPanel: FromPanel,
): Pick<Handlers<FromWebview>, ComposerRequest> {
  const { pending } = conversations;
  const suggest = async (seq: number, text: string): Promise<void> => {
    bridge.suggest(seq, await attachments.suggest(text));
  };
  const attach = async (source: AttachSource): Promise<void> => {
    const isAttached = await attachments.attach(source);
    if (isAttached && source === 'pick') focusReturn.returnToMessage();
  };
  const attachParts = async (file: Attachment): Promise<void> => {
    if (await attachments.attachParts(file)) focusReturn.returnToMessage();
  };
  const send = (id: string, text: string): void => {
    if (answerSend(bridge, id, pending.send(text))) conversations.saveDraft('');
  };
  return {
    // A message that was sent before the conversation was restored belongs to that conversation.
    send: ({ id, text }) =>
      runAndLog(
        'send',
        conversations.onceRestored(() => send(id, text)),
      ),
    draftChanged: ({ text, at }) => conversations.saveDraft(text, at),
    attach: ({ source }) => fromPanel('attach', () => attach(source)),
    attachText: ({ text, length }) => runAndLog('attachText', attachments.attachText(text, length)),
    attachUris: ({ uris }) => fromPanel('attachUris', () => attachments.attachUris(uris)),
    detach: ({ id }) => pending.detach(id),
    attachParts: ({ id }) => {
      const file = pending.attachments.find((attachment) => attachment.id === id);
      if (file) fromPanel('attachParts', () => attachParts(file));
    },
    previewAttachment: ({ id }) => {
      const attachment = findAttachment(conversations, id);
      if (attachment) runAndLog('previewAttachment', attachments.preview(attachment));
    },
    queued: ({ id, action }) => {
      if (action === 'sendNow') pending.sendNow(id);
      else if (action === 'remove') pending.remove(id);
      else write(pending.edit(id) ?? '');
    },
    query: ({ seq, text }) => runAndLog('query', suggest(seq, text)),
    showConversations: () => fromPanel('showConversations', () => runCommand('cria.showHistory')),
  };
}

/** Looks in the draft, the queue, and the current conversation. */
function findAttachment({ pending, current }: Conversations, id: string): Attachment | undefined {
  const said = current.conversation
    .path()
    .flatMap((turn) => (turn.role === 'user' ? (turn.attachments ?? []) : []));
  const waiting = pending.queue.flatMap(({ attachments }) => attachments);
  return [...pending.attachments, ...waiting, ...said].find((attachment) => attachment.id === id);
}

interface ModelRequestDependencies extends RequesterDependencies {
  readonly runRecovery: RunRecovery;
  readonly pickModel: () => Promise<boolean>;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly focusReturn: FocusReturn;
}

/** Actions that show a list or dialog first. */
const asks: ReadonlySet<FixAction> = new Set<FixAction>([
  'selectModel',
  'pullModel',
  'allowCloud',
  'changeEndpoint',
  'setApiKey',
  'setContextLength',
]);

/** Requests about models and failures. */
export function modelRequests(
  deps: ModelRequestDependencies,
  runAndLog: RunAndLog,
  fromPanel: FromPanel,
): Pick<Handlers<FromWebview>, 'askWithModel' | 'pickModel' | 'recover'> {
  const { conversations, runRecovery, pickModel, chooseModel, focusReturn } = deps;
  const askWithModel = async (turnId: string): Promise<void> => {
    const { current } = conversations;
    const model = await chooseModel();
    if (model === undefined) return;
    await whenIdle(current, () => current.regenerate(turnId, model));
    focusReturn.returnToMessage();
  };
  const pick = async (): Promise<void> => {
    if (await pickModel()) focusReturn.returnToMessage();
  };
  const ask = async (action: FixAction, requester: Requester): Promise<void> => {
    await runRecovery(action, {
      ...requester,
      continueAnswer: () => requester.continueAnswer(),
      retry: (model) => {
        requester.retry(model);
        focusReturn.returnToMessage();
      },
    });
    // A dialog focuses the panel but no element in it.
    if (action === 'allowCloud') focusReturn.returnToMessage();
  };
  return {
    askWithModel: ({ turnId }) => fromPanel('askWithModel', () => askWithModel(turnId)),
    pickModel: () => fromPanel('pickModel', pick),
    recover: ({ action, turnId }) => {
      const requester = turnId === undefined ? noRequester : createRequester(deps, turnId);
      if (asks.has(action)) fromPanel('recover', () => ask(action, requester));
      else runAndLog('recover', runRecovery(action, requester));
    },
  };
}

/**
 * Validates and handles a message of the page, which shows model output. An invalid message with text of the user
 * is refused, so that the page keeps the text.
 * @returns the type of the message; undefined if it is invalid
 */
export function handlePageMessage(
  handlers: Handlers<FromWebview>,
  bridge: Pick<Bridge, 'refuse'>,
  message: unknown,
): FromWebview['type'] | undefined {
  const parsed = v.safeParse(fromWebviewSchema, message);
  if (parsed.success) {
    dispatch(handlers, parsed.output);
    return parsed.output.type;
  }
  const request = v.safeParse(requestWithText, message);
  if (request.success) {
    const { id, text } = request.output;
    const isTooLong = typeof text === 'string' && text.length > maxMessageLength;
    bridge.refuse(id, isTooLong ? 'tooLong' : 'invalid');
  }
  return undefined;
}

/** As much of a request with text of the user as it takes to answer it. */
const requestWithText = v.object({
  type: v.picklist(['send', 'editAndResend']),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  text: v.optional(v.unknown()),
});
