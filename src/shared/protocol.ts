import * as v from 'valibot';
import { maxNameLength, maxNamesPerLookUp } from './codeNames';
import type { ContextUsage, PromptView } from './composerState';
import type { CodeColors } from './tokenScopes';
import {
  type Activity,
  type Attachment,
  type Channel,
  maxAttachmentLength,
  type Metrics,
} from './turn';

/** What can be done with a code block, besides copying it. */
export const codeActions = ['insert', 'replace', 'apply', 'newFile', 'terminal'] as const;
export type CodeAction = (typeof codeActions)[number];

/**
 * The two unions that cross between the extension host and the page. To the page go facts, from the
 * page come requests; an answer is state, never a reply.
 */

/** A button that fixes a problem. The host runs it. */
export const fixActions = [
  'retry',
  'retryVaried',
  'continue',
  'checkConnection',
  'changeEndpoint',
  'selectModel',
  'pullModel',
  'allowCloud',
  'startServer',
  'diagnose',
  'setApiKey',
  'openSettings',
  'setContextLength',
  'useContext',
  'summarize',
  'newConversation',
  'adoptConversations',
  'declineAdoption',
  'openAccount',
  'getOllama',
  'showLog',
  'copyReport',
] as const;
export type FixAction = (typeof fixActions)[number];

export interface FixButton {
  readonly action: FixAction;
  readonly label: string;
}

/** One sentence that says what happened, with buttons that fix it. */
export interface Notice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly sentence: string;
  /** A second, quieter sentence. */
  readonly detail?: string;
  readonly buttons: readonly FixButton[];
}

/** Which version of this turn is shown. Only if there are several. */
export interface BranchView {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** What is attached to a message, by its name. */
export interface AttachmentView extends Pick<Attachment, 'id' | 'kind' | 'label'> {
  /** Where it is from, what of it is left out, and about how much it is. */
  readonly detail: string;
  /** Something of it is left out. */
  readonly isPart: boolean;
  /** It is a file, of which parts can be attached instead. */
  readonly hasParts: boolean;
}

/** A message that waits for the running answer to end. */
export interface QueuedView {
  readonly id: string;
  readonly text: string;
  readonly attachments: readonly AttachmentView[];
  /** It is sent only when the person says so. */
  readonly isHeld: boolean;
}

/** What is not sent yet, besides the text in the composer. */
export interface PendingView {
  readonly attachments: readonly AttachmentView[];
  readonly queue: readonly QueuedView[];
}

/** A completion for a word in the message. */
export interface SuggestionView {
  readonly label: string;
  readonly detail: string;
  /** The name of a codicon. */
  readonly icon: string;
  /** What is attached when it is chosen; lines as a fragment, such as `#L10-20`. */
  readonly uri: string;
}

/** What is in the editor now, by names; absent what is not there. */
export interface EditorView {
  readonly file?: string;
  readonly selection?: string;
  readonly problems?: number;
}

export interface UserTurnView {
  readonly role: 'user';
  readonly id: string;
  readonly text: string;
  readonly createdAt: number;
  readonly attachments?: readonly AttachmentView[];
  readonly branch?: BranchView;
  /** Nothing before this message is sent any more. */
  readonly isContextStart?: boolean;
}

export interface AssistantTurnView {
  readonly role: 'assistant';
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly thinking: string;
  readonly createdAt: number;
  readonly activity: Activity;
  /** Another window is writing it; here it can only be read. */
  readonly isWrittenInOtherWindow?: boolean;
  /** It is a summary of another conversation, which the user may edit. */
  readonly isSummary?: boolean;
  readonly metrics?: Metrics;
  readonly notice?: Notice;
  readonly branch?: BranchView;
  /** Lengths of `text` at which the answer continued after it had been cut off. */
  readonly continuationOffsets?: readonly number[];
}
export type TurnView = UserTurnView | AssistantTurnView;

export interface ConversationView {
  readonly id: string;
  readonly title: string;
  readonly turns: readonly TurnView[];
  /** How many earlier turns there are that were not sent; `loadEarlier` brings them. */
  readonly earlier: number;
}

export interface ModelView {
  /** Empty while none is chosen. */
  readonly name: string;
}

/** Whether the server responds. `notice` says what is wrong and how to fix it. */
export interface ConnectionView {
  readonly state: 'unknown' | 'connected' | 'unreachable' | 'noModels' | 'noModelChosen';
  /** The address, as it may be shown. */
  readonly origin: string;
  /** Messages can be read on the network: http to another machine. */
  readonly unencrypted?: boolean;
  /** The model that is chosen runs on ollama.com. */
  readonly cloud?: boolean;
  readonly notice?: Notice;
}

/** The lengths of an answer's two texts, in UTF-16 code units. */
export type Lengths = Readonly<Record<Channel, number>>;

export type ToWebview =
  | {
      readonly type: 'snapshot';
      readonly conversation: ConversationView;
      readonly model: ModelView;
      readonly connection: ConnectionView;
      readonly draft: string;
      /** When the draft was typed, by the page's clock. 0: the page has sent none. */
      readonly draftAt: number;
      readonly pending: PendingView;
      readonly editor: EditorView;
    }
  | {
      readonly type: 'page';
      readonly conversationId: string;
      readonly turns: readonly TurnView[];
      readonly earlier: number;
    }
  | { readonly type: 'turnStarted'; readonly turn: TurnView }
  | {
      readonly type: 'delta';
      readonly turnId: string;
      readonly channel: Channel;
      /** Length of that channel already sent: equal, append; less, ignore; more, `resync` once. */
      readonly at: number;
      readonly text: string;
      /** What the answer does from this text on, if that changes. */
      readonly activity?: Activity;
    }
  | { readonly type: 'turnChanged'; readonly turnId: string; readonly activity: Activity }
  | {
      readonly type: 'turnEnded';
      readonly turnId: string;
      readonly activity: Activity;
      readonly lengths: Lengths;
      readonly metrics: Metrics;
      readonly notice?: Notice;
    }
  /** The message of the request with this id is stored or queued; the page may forget its text. */
  | { readonly type: 'accepted'; readonly id: string }
  /** The message of the request with this id was not taken: its text stays in the page. */
  | { readonly type: 'refused'; readonly id: string; readonly reason: RefusalReason }
  | { readonly type: 'connection'; readonly connection: ConnectionView }
  | { readonly type: 'model'; readonly model: ModelView }
  /** A notice for the whole panel, above the composer; without one it is cleared. */
  | { readonly type: 'notice'; readonly notice?: Notice }
  /** What was to have the focus may take it from where it is, if the page has not had it since. */
  | { readonly type: 'claimFocus' }
  /** Focuses the message and inserts `insert` at its cursor. */
  | { readonly type: 'focusComposer'; readonly insert?: string }
  /** Of the names the page asked about, those that are in the workspace: they open on a click. */
  | { readonly type: 'names'; readonly known: readonly string[] }
  | { readonly type: 'pending'; readonly pending: PendingView }
  | { readonly type: 'editor'; readonly editor: EditorView }
  /** The first message is the title until the user renames the conversation. */
  | { readonly type: 'title'; readonly title: string }
  /** What fits the `query` with this number. */
  | {
      readonly type: 'queryResult';
      readonly seq: number;
      readonly items: readonly SuggestionView[];
    }
  | { readonly type: 'prompts'; readonly prompts: readonly PromptView[] }
  /** What the message that is being written would send. */
  | { readonly type: 'contextUsage'; readonly usage: ContextUsage }
  /** The colors of the editor's theme; without them the page uses its own. */
  | { readonly type: 'codeColors'; readonly colors?: CodeColors }
  /** Find these words, beginning with the turn. */
  | { readonly type: 'reveal'; readonly turnId: string; readonly text: string };

/**
 * Why a message was not taken: it is longer than `maxMessageLength`; an answer is running, so that an earlier
 * message cannot be edited; or the request has no form or turn that is known.
 */
export type RefusalReason = 'tooLong' | 'busy' | 'invalid';

/** The longest message, in UTF-16 code units: no context window of a local model holds more. */
export const maxMessageLength = 1024 * 1024;

const id = v.pipe(v.string(), v.maxLength(64));
/** Chosen by the page; the answer to the request has the same id. */
const requestId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const text = v.pipe(v.string(), v.maxLength(maxMessageLength));
const name = v.pipe(v.string(), v.maxLength(maxNameLength));

/** What can be attached with one press. */
export const attachSources = ['pick', 'selection', 'file', 'problems', 'gitDiff'] as const;
export type AttachSource = (typeof attachSources)[number];

/** The text being written, as the host has kept it, and since when it is that. */
export type Draft = Pick<Extract<ToWebview, { type: 'snapshot' }>, 'draft' | 'draftAt'>;

/** Every message of the page is parsed with this: the page shows what a model wrote. */
export const fromWebviewSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** One `delta` has reached the page's store. */
  v.object({ type: v.literal('ack') }),
  v.object({ type: v.literal('send'), id: requestId, text }),
  v.object({ type: v.literal('attach'), source: v.picklist(attachSources) }),
  /** What was dropped on the page, or chosen from suggestions. */
  v.object({
    type: v.literal('attachUris'),
    uris: v.pipe(v.array(v.pipe(v.string(), v.maxLength(8192))), v.maxLength(64)),
  }),
  /** Text that is too long for a message: its beginning becomes an attachment. */
  v.object({
    type: v.literal('attachText'),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(maxAttachmentLength)),
    /** The length of the whole text, in UTF-16 code units. */
    length: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  v.object({ type: v.literal('detach'), id }),
  /** Lets the user choose parts of an attached file, which replace it. */
  v.object({ type: v.literal('attachParts'), id }),
  /** Shows what is sent of an attachment: of a turn, a waiting message, or the one being written. */
  v.object({ type: v.literal('previewAttachment'), id }),
  v.object({ type: v.literal('queued'), id, action: v.picklist(['edit', 'remove', 'sendNow']) }),
  v.object({
    type: v.literal('query'),
    seq: v.pipe(v.number(), v.integer(), v.minValue(0)),
    /** What the word may name. */
    of: v.picklist(['workspace']),
    text: v.pipe(v.string(), v.maxLength(512)),
  }),
  v.object({ type: v.literal('showConversations') }),
  v.object({ type: v.literal('stop') }),
  v.object({ type: v.literal('regenerate'), turnId: id }),
  /** As `regenerate`, with a model that the person then picks. */
  v.object({ type: v.literal('askWithModel'), turnId: id }),
  v.object({ type: v.literal('editAndResend'), id: requestId, turnId: id, text }),
  v.object({ type: v.literal('selectBranch'), turnId: id, step: v.picklist([1, -1]) }),
  v.object({ type: v.literal('continueTurn'), turnId: id }),
  v.object({ type: v.literal('deleteTurn'), turnId: id }),
  v.object({ type: v.literal('loadEarlier'), before: id }),
  v.object({ type: v.literal('newConversation') }),
  v.object({ type: v.literal('pickModel') }),
  v.object({
    type: v.literal('draftChanged'),
    text,
    /** When it was typed, in milliseconds by the page's clock. Later than any draft sent before. */
    at: v.pipe(v.number(), v.finite(), v.minValue(0)),
  }),
  v.object({
    type: v.literal('recover'),
    action: v.picklist(fixActions),
    /** The turn whose notice held the button, if a turn's did. */
    turnId: v.optional(id),
  }),
  v.object({
    type: v.literal('openLink'),
    href: v.pipe(v.string(), v.maxLength(8192)),
    text: v.pipe(v.string(), v.maxLength(8192)),
  }),
  /** The code itself is taken from what the host knows: the page only names it. */
  v.object({
    type: v.literal('codeAction'),
    turnId: id,
    /** Which of the answer's code blocks, from 0. */
    block: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000)),
    action: v.picklist(codeActions),
  }),
  /** Which of these are files or symbols of the workspace? */
  v.object({
    type: v.literal('lookUp'),
    names: v.pipe(v.array(name), v.minLength(1), v.maxLength(maxNamesPerLookUp)),
  }),
  v.object({ type: v.literal('openName'), name }),
  /** Nothing before this turn is sent any more; null: all is. */
  v.object({ type: v.literal('setContextStart'), turnId: v.nullable(id) }),
  /** A new conversation, with a summary of this one to edit. */
  v.object({ type: v.literal('startFromSummary') }),
  v.object({ type: v.literal('setContextLength') }),
  /** Uses the longer context that was offered for the message that is being written. */
  v.object({ type: v.literal('useContext') }),
  /** Back to the context before this answer, which raised it. */
  v.object({ type: v.literal('undoContext'), turnId: id }),
  /** From now on the context is raised only after asking. */
  v.object({ type: v.literal('askContext') }),
  /** Which prompts are behind the slash? */
  v.object({ type: v.literal('requestPrompts') }),
  /** What VS Code calls the theme that the page has. */
  v.object({ type: v.literal('themeShown'), theme: v.pipe(v.string(), v.maxLength(256)) }),
  v.object({ type: v.literal('resync') }),
  v.object({
    type: v.literal('pageError'),
    message: v.pipe(v.string(), v.maxLength(4096)),
    detail: v.optional(v.pipe(v.string(), v.maxLength(16384))),
  }),
]);
export type FromWebview = v.InferOutput<typeof fromWebviewSchema>;

interface Typed {
  readonly type: string;
}

/** One function for each message of `M`: a message without its handler does not compile. */
export type Handlers<M extends Typed> = {
  readonly [K in M['type']]: (message: Extract<M, { type: K }>) => void;
};

/** Calls the handler of `message`. */
export function dispatch<M extends Typed>(handlers: Handlers<M>, message: M): void {
  const type: M['type'] = message.type;
  // The mapped type pairs each name with its own message; TypeScript cannot follow that through an
  // index, so the pairing is declared once, here.
  const handle = handlers[type] as (message: M) => void;
  handle(message);
}
