import * as v from 'valibot';
import { attachmentsSchema } from './turn';

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
  /** Reported by the server for the loaded model, set by the user, or the server's usual default. */
  readonly source: 'allocated' | 'configured' | 'assumed';
}

/** What the next message would send, in estimated tokens, before anything is sent. */
export interface ContextUsage {
  readonly limit: ContextLimit;
  readonly system: number;
  /** Earlier messages that are sent, with what was attached to them. */
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
  /** The message alone is longer than the context. */
  readonly isTooLong: boolean;
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
