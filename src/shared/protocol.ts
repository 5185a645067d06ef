import * as v from 'valibot';
import type { Channel, Metrics, TurnState } from './turn';

/**
 * The two unions that cross between the extension host and the page. To the page go facts, from the
 * page come requests; an answer is state, never a reply.
 */

/** A button that mends something; the host carries it out. */
export const fixActions = [
  'retry',
  'continue',
  'checkConnection',
  'changeEndpoint',
  'selectModel',
  'openSettings',
  'newConversation',
  'adoptConversations',
  'declineAdoption',
  'showLog',
] as const;
export type FixAction = (typeof fixActions)[number];

export interface FixButton {
  readonly action: FixAction;
  readonly label: string;
}

/** One sentence that says what happened, with the buttons that mend it. */
export interface Notice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly sentence: string;
  /** A second, quieter sentence. */
  readonly detail?: string;
  readonly buttons: readonly FixButton[];
}

/** Which of the turns said in this one's place is shown; only where there are several. */
export interface BranchView {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

export interface UserTurnView {
  readonly role: 'user';
  readonly id: string;
  readonly text: string;
  readonly createdAt: number;
  readonly branch?: BranchView;
}

/** What a running answer is doing, for the line under the model's name. */
export interface Activity {
  readonly state: TurnState;
  /** How long it has been in this state when this was posted, in milliseconds. */
  readonly elapsedMs: number;
  /** Bytes of the model, while it is loading. */
  readonly sizeBytes?: number;
  /** How long the model took to load last time, in milliseconds. */
  readonly lastLoadMs?: number;
  /** While stalled: whether the server still answers a probe. */
  readonly probe?: 'alive' | 'dead' | 'unknown';
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
  readonly elsewhere?: boolean;
  readonly metrics?: Metrics;
  readonly notice?: Notice;
  readonly branch?: BranchView;
  /** Lengths of `text` at which the answer went on after it had been cut off. */
  readonly seams?: readonly number[];
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

/** Whether the server answers; `notice` says what is wrong and what mends it. */
export interface ConnectionView {
  readonly state: 'unknown' | 'connected' | 'unreachable' | 'noModels' | 'noModelChosen';
  /** The address, as it may be shown. */
  readonly origin: string;
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
  | { readonly type: 'connection'; readonly connection: ConnectionView }
  | { readonly type: 'model'; readonly model: ModelView }
  /** A notice for the whole panel, above the composer; without one it is cleared. */
  | { readonly type: 'notice'; readonly notice?: Notice }
  | { readonly type: 'composer'; readonly focus: boolean; readonly insert?: string }
  /** Find these words, beginning with the turn. */
  | { readonly type: 'reveal'; readonly turnId: string; readonly text: string };

const id = v.pipe(v.string(), v.maxLength(64));
const text = v.pipe(v.string(), v.maxLength(4 * 1024 * 1024));

/** Every message of the page is parsed with this: the page shows what a model wrote. */
export const fromWebviewSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** One `delta` has reached the page's store. */
  v.object({ type: v.literal('ack') }),
  v.object({ type: v.literal('send'), text }),
  v.object({ type: v.literal('stop') }),
  v.object({ type: v.literal('regenerate'), turnId: id }),
  /** As `regenerate`, with a model that the person then picks. */
  v.object({ type: v.literal('askWithModel'), turnId: id }),
  v.object({ type: v.literal('editAndResend'), turnId: id, text }),
  v.object({ type: v.literal('selectBranch'), turnId: id, step: v.picklist([1, -1]) }),
  v.object({ type: v.literal('continueTurn'), turnId: id }),
  v.object({ type: v.literal('deleteTurn'), turnId: id }),
  v.object({ type: v.literal('loadEarlier'), before: id }),
  v.object({ type: v.literal('newConversation') }),
  v.object({ type: v.literal('pickModel') }),
  v.object({ type: v.literal('draftChanged'), text }),
  v.object({
    type: v.literal('fix'),
    action: v.picklist(fixActions),
    /** The turn whose notice held the button, if a turn's did. */
    turnId: v.optional(id),
  }),
  v.object({
    type: v.literal('openLink'),
    href: v.pipe(v.string(), v.maxLength(8192)),
    text: v.pipe(v.string(), v.maxLength(8192)),
  }),
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
  // index, so the pairing is said once, here.
  const handle = handlers[type] as (message: M) => void;
  handle(message);
}
