import * as v from 'valibot';
import { defined } from '../shared/defined';
import {
  attachmentsSchema,
  channels,
  type ConversationEvent,
  conversationPartSchema,
  metricsSchema,
  ownSystemPromptSchema,
  type TurnEnd,
  turnEndSchema,
  type UserTurn,
} from '../shared/turn';

/**
 * One line of a log: `{"v":1,"id":…,"w":…,"n":…,"parent":…,"t":…,"k":…,…}`, these keys first. The
 * record of a turn's start has the turn's id and parent; what happens to a turn later has an id of
 * its own and the turn as parent.
 */

/** No line is longer than this, in bytes; longer text goes into several lines or a blob. */
export const maxRecordBytes = 256 * 1024;

/** JSON takes at most six bytes for a UTF-16 code unit, so this much text always fits a record. */
export const maxTextUnits = 40_000;

const head = {
  v: v.literal(1),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** Who wrote the line: one window's life. */
  w: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** Counts the writer's lines in this conversation. */
  n: v.pipe(v.number(), v.integer(), v.minValue(0)),
  parent: v.nullable(v.pipe(v.string(), v.maxLength(64))),
  /** Milliseconds since 1970. */
  t: v.pipe(v.number(), v.finite()),
};

export const logRecordSchema = v.variant('k', [
  v.variant('role', [
    v.object({
      ...head,
      k: v.literal('turnStarted'),
      role: v.literal('user'),
      createdAt: v.number(),
      /** Replaces what is too long for a line: the name of the file that contains it. */
      blob: v.optional(v.pipe(v.string(), v.regex(/^[\w-]+\.blob$/u))),
      text: v.optional(v.string(), ''),
      attachments: v.exactOptional(attachmentsSchema),
      systemPrompt: v.exactOptional(ownSystemPromptSchema),
      summarizes: v.exactOptional(conversationPartSchema),
    }),
    v.object({
      ...head,
      k: v.literal('turnStarted'),
      role: v.literal('assistant'),
      createdAt: v.number(),
      model: v.string(),
    }),
  ]),
  v.object({
    ...head,
    parent: v.string(),
    k: v.literal('textAppended'),
    channel: v.picklist(channels),
    /** Length of the channel's text before this one, in UTF-16 code units. */
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
    text: v.string(),
  }),
  v.object({
    ...head,
    parent: v.string(),
    k: v.literal('reasoningFound'),
    /** Length of the answer's text that was reasoning, in UTF-16 code units. */
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  v.object({
    ...head,
    parent: v.string(),
    k: v.literal('turnEnded'),
    end: turnEndSchema,
    metrics: metricsSchema,
  }),
  v.object({
    ...head,
    parent: v.string(),
    k: v.literal('turnContinued'),
    /** Length of the answer before it continued, in UTF-16 code units. */
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  v.object({ ...head, parent: v.string(), k: v.literal('branchSelected') }),
  v.object({ ...head, parent: v.string(), k: v.literal('turnDeleted') }),
  v.object({ ...head, k: v.literal('forgotten') }),
  v.object({ ...head, k: v.literal('renamed'), title: v.string() }),
  v.object({ ...head, k: v.literal('pinned'), pinned: v.boolean() }),
  v.object({ ...head, k: v.literal('deleted') }),
]);
export type LogRecord = v.InferOutput<typeof logRecordSchema>;
export type LogRecordOf<K extends LogRecord['k']> = Extract<LogRecord, { k: K }>;

export interface RecordStamp {
  /** For events that bring no id of their own. */
  readonly id: string;
  readonly w: string;
  readonly n: number;
  readonly t: number;
}

/** The record that stores `event`. Its keys are in the order of the line. */
export function createRecord(event: ConversationEvent, stamp: RecordStamp): LogRecord {
  const { id, w, n, t } = stamp;
  switch (event.kind) {
    case 'turnStarted': {
      const { turn } = event;
      const start = { v: 1, id: turn.id, w, n, parent: turn.parent, t, k: event.kind } as const;
      return turn.role === 'user'
        ? { ...start, role: turn.role, createdAt: turn.createdAt, ...getMessageContent(turn) }
        : { ...start, role: turn.role, createdAt: turn.createdAt, model: turn.model };
    }
    case 'textAppended': {
      const { channel, at, text } = event;
      return { v: 1, id, w, n, parent: event.turnId, t, k: event.kind, channel, at, text };
    }
    case 'turnEnded': {
      const { metrics } = event;
      const end = truncateMessage(event.end);
      return { v: 1, id, w, n, parent: event.turnId, t, k: event.kind, end, metrics };
    }
    case 'reasoningFound':
    case 'turnContinued':
      return { v: 1, id, w, n, parent: event.turnId, t, k: event.kind, at: event.at };
    case 'branchSelected':
    case 'turnDeleted':
      return { v: 1, id, w, n, parent: event.turnId, t, k: event.kind };
    case 'forgotten':
      return { v: 1, id, w, n, parent: event.turnId, t, k: event.kind };
    case 'renamed': {
      const title = event.title.slice(0, maxTextUnits);
      return { v: 1, id, w, n, parent: null, t, k: event.kind, title };
    }
    case 'pinned':
      return { v: 1, id, w, n, parent: null, t, k: event.kind, pinned: event.pinned };
    case 'deleted':
      return { v: 1, id, w, n, parent: null, t, k: event.kind };
  }
}

/** The content of a message of the user. */
export function getMessageContent({
  text,
  attachments,
  systemPrompt,
  summarizes,
}: MessageContent): MessageContent {
  return defined({ text, attachments, systemPrompt, summarizes });
}

/** The record of a message without its content. */
export function withoutContent(record: MessageRecord): MessageRecord {
  const rest = { ...record, text: '' };
  delete rest.attachments;
  delete rest.systemPrompt;
  delete rest.summarizes;
  return rest;
}
type MessageRecord = Extract<LogRecord, { role: 'user' }>;
export type MessageContent = Pick<UserTurn, 'text' | 'attachments' | 'systemPrompt' | 'summarizes'>;

/** The line of a record, with its newline. */
export function formatLine(record: LogRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** A server can answer an error with any number of words; the first of them are kept. */
function truncateMessage(end: TurnEnd): TurnEnd {
  if (end.kind !== 'failed' && end.kind !== 'truncated') return end;
  const message = end.failure.message.slice(0, maxTextUnits / 4);
  return { ...end, failure: { ...end.failure, message } };
}

/** When the latest of these was written, in milliseconds since 1970, or 0 where there are none. */
export function getLatestTime(records: readonly LogRecord[]): number {
  return records.reduce((t, record) => Math.max(t, record.t), 0);
}

/** Every record begins so. It cannot occur inside one: within a JSON string quotes are escaped. */
const recordStart = Buffer.from('{"v":1,"id":"');
const newline = 0x0a;

export interface LogLines {
  readonly records: readonly LogRecord[];
  /** Lines, or parts of lines, that hold no readable record. */
  readonly damaged: readonly DamagedLine[];
}

export interface DamagedLine {
  /** As it is in the file, without its newline. */
  readonly bytes: Uint8Array;
  /** The id at its beginning, when that much is left of it. */
  readonly id?: string;
}

/**
 * Reads a log. Each line is independent, so damage never reaches past a newline; in a damaged
 * line a whole record at its end is still found.
 */
export function parseLog(bytes: Uint8Array): LogLines {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: LogRecord[] = [];
  const damaged: DamagedLine[] = [];
  for (let start = 0; start < buffer.length;) {
    const end = buffer.indexOf(newline, start);
    const stop = end === -1 ? buffer.length : end;
    if (stop > start) readLine(buffer.subarray(start, stop), records, damaged);
    start = stop + 1;
  }
  return { records, damaged };
}

function readLine(line: Buffer, records: LogRecord[], damaged: DamagedLine[]): void {
  const whole = parseRecord(line);
  if (whole) {
    records.push(whole);
    return;
  }
  const last = line.lastIndexOf(recordStart);
  const rescued = last > 0 ? parseRecord(line.subarray(last)) : undefined;
  if (rescued) records.push(rescued);
  damaged.push(createDamagedLine(line));
}

// Not `toString`: replaced bytes would make a changed text look whole.
const decoder = new TextDecoder('utf-8', { fatal: true });
const objectStart = Buffer.from('{"');

function parseRecord(line: Buffer): LogRecord | undefined {
  // An exception takes longer than most records, and a damaged log may have one for each line.
  if (!line.subarray(0, objectStart.length).equals(objectStart)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(logRecordSchema, value);
  return parsed.success ? parsed.output : undefined;
}

function createDamagedLine(line: Buffer): DamagedLine {
  if (!line.subarray(0, recordStart.length).equals(recordStart)) return { bytes: line };
  const close = line.indexOf('"', recordStart.length);
  if (close === -1) return { bytes: line };
  return { bytes: line, id: line.toString('utf8', recordStart.length, close) };
}
