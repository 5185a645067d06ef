import * as v from 'valibot';
import { attachmentsSchema, type ContextChange } from './turn';

/** What is written but not sent: messages that wait for an answer to end, and what the next one has. */

const queuedMessageSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** It is sent in this conversation, whichever is shown. */
  conversationId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  text: v.string(),
  attachments: attachmentsSchema,
  /** On hold because the answer before it failed: sent only when the user chooses to. */
  isHeld: v.boolean(),
});
export type QueuedMessage = v.InferOutput<typeof queuedMessageSchema>;

export const pendingStateSchema = v.object({
  /** They go with the message that is being written. */
  attachments: attachmentsSchema,
  /** In the order in which they are sent. */
  queue: v.array(queuedMessageSchema),
});
export type PendingState = v.InferOutput<typeof pendingStateSchema>;

export const emptyPendingState: PendingState = { attachments: [], queue: [] };

/** How much the model can see at once, in tokens, and how that is known. */
export interface ContextLimit {
  readonly tokens: number;
  /**
   * Reported by the server for the loaded model, asked for, of the model itself, or the server's usual default;
   * `unknown`: the server decides and does not say, and `tokens` is more than any prompt has.
   */
  readonly source: 'allocated' | 'configured' | 'model' | 'assumed' | 'unknown';
}

/** What the next message wants to send, whether it fits or not, in estimated tokens, before anything is sent. */
export interface ContextUsage {
  /** Of the next request. */
  readonly limit: ContextLimit;
  readonly system: number;
  /** All earlier messages that are not excluded, with what was attached to them. */
  readonly history: number;
  /** What is attached to the message that is being written. */
  readonly attachments: number;
  readonly draft: number;
  /** Kept for the answer. */
  readonly answerBudget: number;
  /** Earlier messages that are not sent, because they do not fit. */
  readonly leftOut: number;
  /** Earlier messages that are not sent because the user excluded them. */
  readonly excluded: number;
  /** The last answer is sent without its middle. */
  readonly isAnswerShortened: boolean;
  /** Attachments of the last exchange that are not sent, because they do not fit. */
  readonly attachmentsLeftOut: number;
  /** The message alone is longer than the context. */
  readonly isTooLong: boolean;
  /** The context is raised when the message is sent; `limit` is that of the raised one. */
  readonly raise?: ContextChange;
  /** A longer context that would hold more. It needs the user's consent. */
  readonly offer?: ContextChange;
}

/** Whether something of the conversation or the message is not sent whole. */
export function isCut({
  leftOut,
  isAnswerShortened,
  attachmentsLeftOut,
  isTooLong,
}: ContextUsage): boolean {
  return leftOut > 0 || isAnswerShortened || attachmentsLeftOut > 0 || isTooLong;
}

/** The commands that write a prompt into the message, each a field of the setting `cria.prompts`. */
export const promptCommands = ['explain', 'fix', 'tests', 'document'] as const;
export type PromptCommand = (typeof promptCommands)[number];

/** A prompt as it is offered behind a slash; choosing it writes `text` into the message. */
export interface PromptView {
  /** What is typed behind the slash. */
  readonly name: string;
  readonly text: string;
  /** Whose it is. */
  readonly from: 'cria' | 'person' | 'folder';
}
