import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { Logger } from '../conversation/ports';
import type { Attachment } from '../shared/attachment';
import type { PromptView } from '../shared/composerState';
import {
  type AttachSource,
  type CodeAction,
  dispatch,
  type FixAction,
  type FromWebview,
  fromWebviewSchema,
  type Handlers,
  type SuggestionView,
} from '../shared/protocol';
import type { Asking } from '../ui/focusReturn';
import { openLink } from '../ui/openLink';
import { type Asker, type Fixes, nobody } from '../ui/recoveryActions';
import type { Bridge } from './bridge';
import type { ChatDependencies } from './chat';
import { deleteTurn, startAnew } from './turnCommands';
import { turnOf } from './turnViews';

/** What the page's clicks on the code and the names of an answer need. */
export interface AnswerParts {
  /** @param answer the whole text of the answer; @param block its number in it, from 0 */
  act(action: CodeAction, answer: string, block: number): Promise<void>;
  /** Those of `names` that are files or symbols of the workspace. */
  known(names: readonly string[]): Promise<readonly string[]>;
  open(name: string): Promise<void>;
}

/** What the message input can have attached. */
export interface ComposerAttachments {
  /** Whether something was attached. */
  attach(source: AttachSource): Promise<boolean>;
  /** The page's own words, to be checked. A fragment such as `#L10-20` means these lines. */
  attachUris(uris: readonly string[]): Promise<void>;
  /** Shows exactly what is sent of it. */
  preview(attachment: Attachment): Promise<void>;
  /** Files and symbols of the workspace that match `query`, the best first. Never rejects. */
  suggest(query: string): Promise<readonly SuggestionView[]>;
}

/** The prompts behind the slash. */
export interface PromptSource {
  all(): Promise<readonly PromptView[]>;
}

interface RequestDependencies extends Pick<
  ChatDependencies,
  | 'conversations'
  | 'logger'
  | 'connection'
  | 'fixes'
  | 'pickModel'
  | 'chooseModel'
  | 'attachments'
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

interface ComposerRequestDependencies {
  readonly conversations: Conversations;
  readonly attachments: ComposerAttachments;
  readonly asking: Asking;
  readonly write: (text: string) => void;
}

type ComposerRequest =
  | 'send'
  | 'draftChanged'
  | 'attach'
  | 'attachUris'
  | 'detach'
  | 'previewAttachment'
  | 'queued'
  | 'query'
  | 'showConversations';

/** What the page asks for about the message that is being written, and those that wait. */
export function composerRequests(
  bridge: Bridge,
  { conversations, attachments, asking, write }: ComposerRequestDependencies,
  settle: Settle,
  inPanel: InPanel,
): Pick<Handlers<FromWebview>, ComposerRequest> {
  const { pending } = conversations;
  const suggest = async (seq: number, text: string): Promise<void> => {
    bridge.suggest(seq, await attachments.suggest(text));
  };
  const attach = async (source: AttachSource): Promise<void> => {
    const isAttached = await attachments.attach(source);
    if (isAttached && source === 'pick') asking.over();
  };
  const send = (text: string): void => {
    const sent = pending.send(text);
    // The page thought it could send: it is shown how things stand, with the text kept.
    conversations.saveDraft(sent === 'busy' ? text : '');
    if (sent === 'busy') bridge.snapshot();
  };
  return {
    // What is said before the memory was read belongs to the conversation that comes back.
    send: ({ text }) =>
      settle(
        'send',
        conversations.onceRestored(() => send(text)),
      ),
    draftChanged: ({ text, at }) => conversations.saveDraft(text, at),
    attach: ({ source }) => inPanel('attach', () => attach(source)),
    attachUris: ({ uris }) => inPanel('attachUris', () => attachments.attachUris(uris)),
    detach: ({ id }) => pending.detach(id),
    previewAttachment: ({ id }) => {
      const attachment = findAttachment(conversations, id);
      if (attachment) settle('previewAttachment', attachments.preview(attachment));
    },
    queued: ({ id, action }) => {
      if (action === 'sendNow') pending.sendNow(id);
      else if (action === 'remove') pending.remove(id);
      else write(pending.edit(id) ?? '');
    },
    query: ({ seq, text }) => settle('query', suggest(seq, text)),
    showConversations: () =>
      inPanel('showConversations', () => vscode.commands.executeCommand('cria.showHistory')),
  };
}

/** Of the message being written, of one that waits, or of a turn that is shown. */
function findAttachment({ pending, current }: Conversations, id: string): Attachment | undefined {
  const said = current.conversation
    .path()
    .flatMap((turn) => (turn.role === 'user' ? (turn.attachments ?? []) : []));
  const waiting = pending.queue.flatMap(({ attachments }) => attachments);
  return [...pending.attachments, ...waiting, ...said].find((attachment) => attachment.id === id);
}

interface ModelRequestDependencies {
  readonly conversations: Conversations;
  readonly fixes: Fixes;
  readonly pickModel: () => Promise<boolean>;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly asking: Asking;
}

/** Those that ask something first. */
const asks: ReadonlySet<FixAction> = new Set<FixAction>([
  'selectModel',
  'pullModel',
  'allowCloud',
  'changeEndpoint',
  'setApiKey',
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

interface PlanRequestDependencies {
  readonly conversations: Conversations;
  readonly connection: { readonly origin: string };
  readonly prompts: PromptSource;
  readonly write: (text: string) => void;
}

/** What the page asks for when a conversation grows too long. */
export function planRequests(
  bridge: Bridge,
  { conversations, connection, prompts, write }: PlanRequestDependencies,
  settle: Settle,
  inPanel: InPanel,
): Pick<Handlers<FromWebview>, 'forgetFrom' | 'startAnew' | 'raiseContext' | 'wantPrompts'> {
  const tellPrompts = async (): Promise<void> => bridge.prompts(await prompts.all());
  return {
    wantPrompts: () => settle('wantPrompts', tellPrompts()),
    forgetFrom: ({ turnId }) => conversations.current.setContextStart(turnId),
    startAnew: () => settle('startAnew', startAnew(conversations, connection.origin, write)),
    raiseContext: () =>
      inPanel('raiseContext', () => vscode.commands.executeCommand('cria.setContextLength')),
  };
}

/**
 * Does what a page says, if it is a message of a known form; a page shows what a model wrote.
 * @returns what kind of message it was
 */
export function hearPage(
  handlers: Handlers<FromWebview>,
  message: unknown,
): FromWebview['type'] | undefined {
  const parsed = v.safeParse(fromWebviewSchema, message);
  if (!parsed.success) return undefined;
  dispatch(handlers, parsed.output);
  return parsed.output.type;
}
