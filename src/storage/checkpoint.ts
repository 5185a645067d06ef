import * as v from 'valibot';
import { jsonBytes, maxContextBytes } from '../conversation/checkpointContext';
import { Conversation, getWrittenLength } from '../conversation/conversation';
import type {
  CheckpointContext,
  CheckpointTurn,
  ConversationSummary,
  Logger,
  NewId,
} from '../conversation/ports';
import {
  type AssistantTurn,
  type ConversationEvent,
  turnEndSchema,
  turnStartSchema,
} from '../shared/turn';
import { type FileSystem, replaceFile, temporarySuffix } from './fileSystem';
import { createRecord, type LogRecord } from './logRecord';
import { orderEvents } from './readConversation';

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
  /** The draft was too long. The file next to the logs has all of it. */
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
    index: index.slice(0, maxIndexEntries).map(shortenTitle),
    context: context ? fitContext(context) : null,
  };
  while (jsonBytes(checkpoint) > maxCheckpointBytes && checkpoint.index.length > 0) {
    checkpoint.index.pop();
  }
  return checkpoint;
}

/** The context should be within its budget; a checkpoint does not rely on that. */
function fitContext({ conversationId, title, turns, leftOut }: CheckpointContext) {
  const context = {
    conversationId,
    title: title.slice(0, maxTitleUnits),
    turns: turns.slice(),
    leftOut,
  };
  while (context.turns.length > 0 && jsonBytes(context) > maxContextBytes) {
    context.turns.shift();
    context.leftOut += 1;
  }
  return context;
}

function shortenTitle({ id, title, updatedAt }: ShortSummary): ShortSummary {
  return { id, title: title.slice(0, maxTitleUnits), updatedAt };
}

/** A beginning of `text` whose JSON fits. */
function cutToBytes(text: string, bytes: number): string {
  let kept = text.slice(0, bytes);
  while (jsonBytes(kept) > bytes) kept = kept.slice(0, Math.floor(kept.length * 0.9));
  return kept;
}

export interface CheckpointRestoration {
  /** What the checkpoint has and the logs have not. */
  readonly events: readonly ConversationEvent[];
  /** How many earlier turns neither of them has. */
  readonly missingEarlier: number;
}

/** Compares the active conversation's context in the checkpoint with what its logs still have. */
export function restoreFromCheckpoint(
  context: CheckpointContext,
  records: readonly LogRecord[],
): CheckpointRestoration {
  const { conversationId, title, turns, leftOut } = context;
  if (records.some(({ k }) => k === 'deleted')) return { events: [], missingEarlier: 0 };
  const logged = new Conversation(conversationId, orderEvents(records));
  const started = new Set(records.filter(({ k }) => k === 'turnStarted').map(({ id }) => id));
  // A turn that was begun and is not there was deleted; the checkpoint only came too early.
  const wanted = turns.filter(({ start }) => !started.has(start.id) || logged.turn(start.id));
  const events = wanted.flatMap((turn) => findMissingEvents(turn, logged));
  // The title came from a first message that is not among the turns any more.
  if (records.length === 0 && title !== '') events.push({ kind: 'renamed', title });
  const inContext = new Set(turns.map(({ start }) => start.id));
  const earlier = records.filter(({ k, id }) => k === 'turnStarted' && !inContext.has(id)).length;
  return { events, missingEarlier: Math.max(0, leftOut - earlier) };
}

/** Records that stand for rescued events until they are written. */
export function createRestoredRecords(events: readonly ConversationEvent[]): LogRecord[] {
  const w = 'checkpoint';
  let t = 0;
  return events.map((event, n) => {
    if (event.kind === 'turnStarted') t = event.turn.createdAt;
    return createRecord(event, { id: `${w}-${n}`, w, n, t });
  });
}

function findMissingEvents(
  { start, text = '', end }: CheckpointTurn,
  logged: Conversation,
): ConversationEvent[] {
  const known = logged.turn(start.id);
  const turnId = start.id;
  const events: ConversationEvent[] = [];
  if (!known) events.push({ kind: 'turnStarted', turn: start });
  if (start.role === 'user') return events;
  const answer: Pick<AssistantTurn, 'text' | 'thinking' | 'movedLength' | 'end'> =
    known?.role === 'assistant' ? known : { text: '', thinking: '' };
  if (text.length > answer.text.length && text.startsWith(answer.text)) {
    const rest = text.slice(answer.text.length);
    const at = getWrittenLength(answer, 'answer');
    events.push({ kind: 'textAppended', turnId, channel: 'answer', at, text: rest });
  }
  if (end && !answer.end) events.push({ kind: 'turnEnded', turnId, end, metrics: {} });
  return events;
}

export interface QuarantineDependencies {
  readonly memento: KeyValueStore;
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The workspace's storage; copies go to `quarantine/`. */
  readonly directory: string;
}

/**
 * Copies content that is damaged or from a newer version to where it is never overwritten: a file, or if that
 * fails a separate key in `workspaceState`. Resolves with whether it was copied. Never rejects.
 */
export async function quarantine(
  deps: QuarantineDependencies,
  name: string,
  text: string,
): Promise<boolean> {
  const { memento, fileSystem, newId, logger, directory } = deps;
  const id = newId();
  const folder = getFolder(directory);
  try {
    await fileSystem.makeDirectory(folder);
    await replaceFile(fileSystem, newId, `${folder}/${name}-${id}.json`, Buffer.from(text));
    logger.warn(`${name} could not be parsed; it was copied to ${folder}.`);
    return true;
  } catch (error) {
    logger.warn(`${name} could not be copied to ${folder}: ${String(error)}`);
  }
  try {
    await memento.update(keyPrefix + id, text);
    return true;
  } catch (error) {
    logger.error(`${name} could not be copied and is left unchanged: ${String(error)}`);
    return false;
  }
}

/**
 * Removes copies that mention deleted conversations or turns outside the logs: in the quarantine, in the file
 * written on deactivation, and in temporary files that a crash left behind.
 */
export async function purgeDeleted(
  fileSystem: FileSystem,
  memento: KeyValueStore,
  directory: string,
  deletedIds: readonly string[],
): Promise<void> {
  const mentionsDeleted = (text: string): boolean => deletedIds.some((id) => text.includes(id));
  const folder = getFolder(directory);
  const quarantined = (await fileSystem.names(folder)).map((name) => `${folder}/${name}`);
  const others = (await fileSystem.names(directory))
    .filter((name) => name.endsWith(temporarySuffix) || name === 'checkpoint.json')
    .map((name) => `${directory}/${name}`);
  for (const file of [...quarantined, ...others]) {
    const bytes = await fileSystem.read(file);
    if (bytes && mentionsDeleted(Buffer.from(bytes).toString())) await fileSystem.remove(file);
  }
  for (const key of memento.keys().filter((name) => name.startsWith(keyPrefix))) {
    if (mentionsDeleted(String(memento.get(key)))) await memento.update(key, undefined);
  }
}

const keyPrefix = `${checkpointKey}.setAside.`;

function getFolder(directory: string): string {
  return `${directory}/quarantine`;
}

/** The part of `vscode.Memento` that is used. */
export interface KeyValueStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
  keys(): readonly string[];
}

/**
 * The stored value if it matches `schema`, otherwise undefined: values may come from another version of the
 * extension.
 */
export function readValue<T>(
  store: Pick<KeyValueStore, 'get'>,
  key: string,
  schema: v.GenericSchema<unknown, T>,
): T | undefined {
  const parsed = v.safeParse(schema, store.get(key));
  return parsed.success ? parsed.output : undefined;
}
