import * as v from 'valibot';
import { contextBudget, jsonBytes } from '../conversation/checkpointContext';
import type { CheckpointContext, ConversationSummary } from '../conversation/ports';
import { turnEndSchema, turnStartSchema } from '../shared/turn';

/** What the next start begins with. VS Code rewrites all of it at each update, so it is bounded. */

export const checkpointKey = 'cria.workspace';

/** Bytes of the checkpoint's JSON. */
export const maxCheckpointBytes = 64 * 1024;
const maxDraftBytes = 6 * 1024;
const maxIndexEntries = 20;
const maxTitleUnits = 80;

/** Names a folder, so it must not lead out of its parent. */
export const conversationIdSchema = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/u));

export const summarySchema = v.object({
  id: conversationIdSchema,
  title: v.string(),
  updatedAt: v.pipe(v.number(), v.finite()),
});

const contextSchema = v.object({
  conversationId: conversationIdSchema,
  title: v.string(),
  turns: v.array(
    v.object({
      start: turnStartSchema,
      text: v.exactOptional(v.string()),
      end: v.exactOptional(turnEndSchema),
    }),
  ),
  leftOut: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

export const checkpointSchema = v.object({
  v: v.literal(1),
  /** Milliseconds since 1970. */
  savedAt: v.pipe(v.number(), v.finite()),
  /** Null: an empty conversation is shown. */
  active: v.nullable(conversationIdSchema),
  draft: v.string(),
  /** When it became this, by the page that wrote it. */
  draftAt: v.optional(v.number(), 0),
  /** The draft was too long: the file beside the logs has all of it. */
  draftCut: v.boolean(),
  /** Newest first. */
  index: v.array(summarySchema),
  context: v.nullable(contextSchema),
});
export type Checkpoint = v.InferOutput<typeof checkpointSchema>;

/** What the checkpoint says of a conversation. */
export type ShortSummary = Pick<ConversationSummary, 'id' | 'title' | 'updatedAt'>;

export interface CheckpointParts {
  readonly savedAt: number;
  readonly draft: string;
  readonly draftAt: number;
  readonly index: readonly ShortSummary[];
  readonly context: CheckpointContext | undefined;
}

/** Makes a checkpoint of at most 64 KiB: what does not fit is left to the files, oldest first. */
export function fitCheckpoint(parts: CheckpointParts): Checkpoint {
  const { savedAt, draft, draftAt, index, context } = parts;
  const shortDraft = cutToBytes(draft, maxDraftBytes);
  const checkpoint: Checkpoint = {
    v: 1,
    savedAt,
    active: context?.conversationId ?? null,
    draft: shortDraft,
    draftAt,
    draftCut: shortDraft.length < draft.length,
    index: index.slice(0, maxIndexEntries).map(shortTitle),
    context: context ? fitContext(context) : null,
  };
  while (jsonBytes(checkpoint) > maxCheckpointBytes && checkpoint.index.length > 0) {
    checkpoint.index.pop();
  }
  return checkpoint;
}

/** Whoever made the context has kept to its budget; a checkpoint never relies on that. */
function fitContext({ conversationId, title, turns, leftOut }: CheckpointContext) {
  const context = {
    conversationId,
    title: title.slice(0, maxTitleUnits),
    turns: turns.slice(),
    leftOut,
  };
  while (context.turns.length > 0 && jsonBytes(context) > contextBudget) {
    context.turns.shift();
    context.leftOut += 1;
  }
  return context;
}

function shortTitle({ id, title, updatedAt }: ShortSummary): ShortSummary {
  return { id, title: title.slice(0, maxTitleUnits), updatedAt };
}

/** A beginning of `text` whose JSON fits. */
function cutToBytes(text: string, bytes: number): string {
  let kept = text.slice(0, bytes);
  while (jsonBytes(kept) > bytes) kept = kept.slice(0, Math.floor(kept.length * 0.9));
  return kept;
}
