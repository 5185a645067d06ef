import * as v from 'valibot';
import { attachmentsSchema } from './attachment';

/** What is written but not sent: messages that wait for an answer to end, and what the next one has. */

const queuedMessageSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** It is said in this conversation, whichever is shown. */
  conversationId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  text: v.string(),
  attachments: attachmentsSchema,
  /** It is sent only when the person says so: the answer before it did not end well. */
  isHeld: v.boolean(),
});
export type QueuedMessage = v.InferOutput<typeof queuedMessageSchema>;

export const outboxSchema = v.object({
  /** They go with the message that is being written. */
  attachments: attachmentsSchema,
  /** In the order in which they are sent. */
  queue: v.array(queuedMessageSchema),
});
export type OutboxState = v.InferOutput<typeof outboxSchema>;

export const emptyOutbox: OutboxState = { attachments: [], queue: [] };
