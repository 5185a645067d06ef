import * as v from 'valibot';
import { channels, metricsSchema, turnEndSchema, turnStartSchema } from './turn';

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
