import * as v from 'valibot';

/**
 * One node of a conversation: a message of the user or an answer of a model. Turns form a tree by
 * `parent`; two turns with the same parent are branches of each other.
 */

/** Why an answer could not be had or finished, in words that do not name the server's maker. */
export const failureKinds = [
  'invalidAddress',
  'unreachable',
  'refused',
  'dns',
  'tls',
  'proxy',
  'unauthorized',
  'forbidden',
  'modelMissing',
  'contextOverflow',
  'outOfMemory',
  'modelCrashed',
  'unsupportedThink',
  'unsupportedTools',
  'unsupportedImages',
  'unsupportedChat',
  'cloudSignIn',
  'cloudPlan',
  'cloudQuota',
  'outdatedServer',
  'busy',
  'loading',
  'gatewayTimeout',
  'redirect',
  'protocol',
  'truncated',
  'emptyAnswer',
  'filtered',
  'noCredit',
  'server',
  'noModel',
  'cloudConsent',
  'unknownLocation',
  'answeredElsewhere',
  'invalidModel',
  'notSaved',
  'sourceMissing',
  'internal',
] as const;
export type FailureKind = (typeof failureKinds)[number];

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

export const failureSchema = v.object({
  kind: v.picklist(failureKinds),
  /** The message of the server or the system, without credentials. For details, never the headline. */
  message: v.string(),
  /** HTTP status, where there was one. */
  status: v.optional(v.number()),
  /** Tokens of the prompt that was refused, and of the context it had to fit (contextOverflow). */
  promptTokens: v.optional(count),
  contextLength: v.optional(count),
  /** A page of ollama.com about the account, as the server names it. Untrusted. */
  link: v.optional(v.string()),
  /** The name of the program that was asked, where it is not Ollama; empty: unknown. */
  server: v.optional(v.string()),
  /** The version of an Ollama that is too old for the model, as it says itself. */
  version: v.optional(v.pipe(v.string(), v.maxLength(64))),
  /** The origin that was asked, as it may be shown. */
  origin: v.optional(v.string()),
});
export type Failure = v.InferOutput<typeof failureSchema>;

/** Another context length for the requests to a model, in tokens. */
export const contextChangeSchema = v.object({
  from: count,
  to: count,
  /** More memory than before, as far as it is known. */
  extraBytes: v.exactOptional(count),
});
export type ContextChange = v.InferOutput<typeof contextChangeSchema>;

/** What the prompt of an answer was, other than everything. */
export const promptNotesSchema = v.object({
  /** How many earlier turns no longer fitted the context and were not sent. */
  turnsLeftOut: v.optional(count),
  /** The answer before the message was sent without its middle. */
  wasAnswerShortened: v.optional(v.boolean()),
  /** How many attachments of the message before were not sent. */
  attachmentsLeftOut: v.optional(count),
  /** About how many tokens of the conversation were not sent. */
  tokensLeftOut: v.optional(count),
  /** The context was raised for this answer, and reloaded the model. */
  raised: v.optional(contextChangeSchema),
  /** A longer context that would have held more, where something was left out. */
  offered: v.optional(contextChangeSchema),
  /** The server had too little memory for this context; the one before it was used. */
  steppedBack: v.optional(contextChangeSchema),
});
export type PromptNotes = v.InferOutput<typeof promptNotesSchema>;

/** Durations in nanoseconds, as on the wire (api/types.go `Metrics`); every one may be missing. */
export const metricsSchema = v.object({
  totalDurationNs: v.optional(count),
  loadDurationNs: v.optional(count),
  promptEvalCount: v.optional(count),
  promptEvalDurationNs: v.optional(count),
  /** Tokens of the prompt that were in the server's cache and not read, where the server reports them. */
  cachedTokens: v.optional(count),
  evalCount: v.optional(count),
  evalDurationNs: v.optional(count),
  /** The server reports no durations: `evalDurationNs` was measured here, from the first text to the last. */
  measuredHere: v.optional(v.boolean()),
  /** From the request to the first text, measured here, in milliseconds. */
  firstTokenMs: v.optional(count),
  /** From the first thinking text to the first answer text, measured here, in milliseconds. */
  thoughtMs: v.optional(count),
  ...promptNotesSchema.entries,
  /** The model repeated itself until the answer ended. */
  hasRepeated: v.optional(v.boolean()),
  /** Prompt and answer together were longer than the context: the server dropped the beginning meanwhile. */
  hasOutgrownContext: v.optional(v.boolean()),
  /** The server has counted far fewer tokens than it was sent: it left out a part of them. */
  promptWasCut: v.optional(v.boolean()),
});
export type Metrics = v.InferOutput<typeof metricsSchema>;

export const turnEndSchema = v.variant('kind', [
  v.object({ kind: v.literal('done'), reason: v.picklist(['stop', 'length', 'filter']) }),
  v.object({ kind: v.literal('stopped') }),
  v.object({ kind: v.literal('failed'), failure: failureSchema }),
  v.object({ kind: v.literal('truncated'), failure: failureSchema }),
  v.object({ kind: v.literal('interrupted') }),
]);
export type TurnEnd = v.InferOutput<typeof turnEndSchema>;

export const attachmentKinds = ['selection', 'file', 'folder', 'problems', 'diff'] as const;

/** No attachment is longer, in UTF-16 code units; what is longer is attached in part. */
export const maxAttachmentLength = 256 * 1024;

const line = v.pipe(v.number(), v.integer(), v.minValue(1));

export const attachmentSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  kind: v.picklist(attachmentKinds),
  /** Names what it holds, such as `client.ts:80-96`, `3 problems` or `src/ (14 files)`. */
  label: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  /** Of the text, for the fence around it; empty where it has none. */
  language: v.pipe(v.string(), v.maxLength(64)),
  /** Relative to the workspace, as people write it; empty where there is none. */
  path: v.pipe(v.string(), v.maxLength(4096)),
  /** Where it came from. */
  uri: v.exactOptional(v.pipe(v.string(), v.maxLength(8192))),
  /** Which lines of the file, from 1, both included; absent: all of it. */
  lines: v.exactOptional(v.object({ first: line, last: line })),
  /** What is not in it, in words for the model and the person, such as `lines 1-200 of 4000`. */
  part: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
  text: v.pipe(v.string(), v.maxLength(maxAttachmentLength)),
});
export type Attachment = v.InferOutput<typeof attachmentSchema>;

/** More belongs into no message. */
export const maxAttachments = 32;

export const attachmentsSchema = v.pipe(v.array(attachmentSchema), v.maxLength(maxAttachments));

/** Milliseconds since 1970, to show; order comes from `parent`. At most what a `Date` can hold. */
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
const turnId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** Much longer than any of Cria's, and short enough for the record of a long message. UTF-16 code units. */
export const maxOwnSystemPrompt = 2_000;
export const ownSystemPromptSchema = v.pipe(v.string(), v.maxLength(maxOwnSystemPrompt));

/** Another conversation, up to one of its turns. */
export const conversationPartSchema = v.object({
  conversationId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  turnId,
});
export type ConversationPart = v.InferOutput<typeof conversationPartSchema>;

export const userTurnSchema = v.object({
  role: v.literal('user'),
  id: turnId,
  parent: v.nullable(turnId),
  createdAt: time,
  text: v.string(),
  /** Sent with the message, before its text. */
  attachments: v.exactOptional(attachmentsSchema),
  /** Sent in place of the configured one while the prompt begins with this message. */
  systemPrompt: v.exactOptional(ownSystemPromptSchema),
  /** The answer is a summary of this; `text` is only the title of the summary. */
  summarizes: v.exactOptional(conversationPartSchema),
});
export type UserTurn = v.InferOutput<typeof userTurnSchema>;

/** What is known of an answer before its first token. */
export const assistantTurnSchema = v.object({
  role: v.literal('assistant'),
  id: turnId,
  parent: v.nullable(turnId),
  createdAt: time,
  model: v.string(),
});
export type AssistantTurnStart = v.InferOutput<typeof assistantTurnSchema>;

export const turnStartSchema = v.variant('role', [userTurnSchema, assistantTurnSchema]);
export type TurnStart = v.InferOutput<typeof turnStartSchema>;

export interface AssistantTurn extends AssistantTurnStart {
  readonly text: string;
  readonly thinking: string;
  /**
   * How much of the beginning of `thinking` came as text of the answer, before a lone closing tag showed what it
   * was, in UTF-16 code units. Offsets of events count it as answer.
   */
  readonly movedLength?: number;
  readonly state: TurnState;
  readonly end?: TurnEnd;
  readonly metrics?: Metrics;
  /** Lengths of `text` at which the answer was continued after it had ended. */
  readonly continuationOffsets?: readonly number[];
}
export type Turn = UserTurn | AssistantTurn;

export const channels = ['answer', 'thinking'] as const;
export type Channel = (typeof channels)[number];

/** The state of an answer. The first seven are temporary, the last five are final. */
export const turnStates = [
  'connecting',
  'queued',
  'loading',
  'prompting',
  'thinking',
  'answering',
  'stalled',
  'done',
  'stopped',
  'failed',
  'truncated',
  'interrupted',
] as const;
export type TurnState = (typeof turnStates)[number];

export const runningStates = turnStates.slice(0, 7) as readonly TurnState[];

export function isRunning(state: TurnState): boolean {
  return runningStates.includes(state);
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
  /** The model repeats itself. */
  readonly isRepeating?: boolean;
  /** While queued: the request is sent again after this time, in milliseconds. */
  readonly retryMs?: number;
  /** While prompting: the part of the prompt that was read, from 0 to 1. */
  readonly readPart?: number;
  /** While stalled: whether the server still answers a probe. */
  readonly probe?: 'alive' | 'dead' | 'unknown';
  /** While prompting: after this time the model is not reading, but the server is busy with something else. */
  readonly readingLimitMs?: number;
  /** The context is longer or shorter than for the answer before. */
  readonly raised?: ContextChange;
  readonly steppedBack?: ContextChange;
}

/** A snapshot of text that goes with a person's message: what it is, where it was, and the words. */

/**
 * What can happen to a conversation. The reducer folds these into the truth, the log stores them,
 * and a conversation is read back by folding them again.
 */
export const conversationEventSchema = v.variant('kind', [
  v.object({ kind: v.literal('turnStarted'), turn: turnStartSchema }),
  v.object({
    kind: v.literal('textAppended'),
    turnId: v.string(),
    channel: v.picklist(channels),
    /** Length of the channel's text before this one, in UTF-16 code units. */
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
    text: v.string(),
  }),
  /** The answer's text before `at` was reasoning: only its closing tag came. */
  v.object({
    kind: v.literal('reasoningFound'),
    turnId: v.string(),
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  v.object({
    kind: v.literal('turnEnded'),
    turnId: v.string(),
    end: turnEndSchema,
    metrics: metricsSchema,
  }),
  /** The answer continues after it had ended. `at` is the length of its text before that. */
  v.object({
    kind: v.literal('turnContinued'),
    turnId: v.string(),
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  /** This turn is the one shown among its siblings. */
  v.object({ kind: v.literal('branchSelected'), turnId: v.string() }),
  /** The turn is gone (a person's with its answers); what came after it stays. */
  v.object({ kind: v.literal('turnDeleted'), turnId: v.string() }),
  /** Nothing before this turn is sent any more; null: all is. */
  v.object({ kind: v.literal('forgotten'), turnId: v.nullable(v.string()) }),
  v.object({ kind: v.literal('renamed'), title: v.string() }),
  /** Kept at the top of the list, or not any more. */
  v.object({ kind: v.literal('pinned'), pinned: v.boolean() }),
  v.object({ kind: v.literal('deleted') }),
]);
export type ConversationEvent = v.InferOutput<typeof conversationEventSchema>;
export type ConversationEventOf<K extends ConversationEvent['kind']> = Extract<
  ConversationEvent,
  { kind: K }
>;
