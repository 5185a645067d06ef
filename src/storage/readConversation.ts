import * as v from 'valibot';
import type { Logger } from '../conversation/ports';
import { attachmentsSchema } from '../shared/attachment';
import type { ConversationEvent } from '../shared/conversationEvents';
import { type Channel, channels, type TurnStart } from '../shared/turn';
import type { FileSystem } from './fileSystem';
import { type LogRecord, type LogRecordOf, parseLog, getMessageContent } from './logRecord';

export interface ConversationRecords {
  readonly records: readonly LogRecord[];
  /** How many lines or files hold something that could not be read. They stay where they are. */
  readonly unreadable: number;
}

/** A text alone is as it is; with attachments it is one of several things. */
const blobSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.pipe(
      v.string(),
      v.transform((text) => ({ text })),
    ),
    v.object({ text: v.string(), attachments: attachmentsSchema }),
  ]),
);

export function isLog(name: string): boolean {
  return name.endsWith('.jsonl');
}

/** Reads all logs of one conversation. Damage costs only what it struck. */
export async function readConversation(
  fileSystem: FileSystem,
  logger: Logger,
  directory: string,
): Promise<ConversationRecords> {
  const records: LogRecord[] = [];
  const damagedIds: (string | undefined)[] = [];
  let lostFiles = 0;
  for (const name of (await fileSystem.names(directory)).filter(isLog)) {
    try {
      const lines = parseLog((await fileSystem.read(`${directory}/${name}`)) ?? new Uint8Array());
      for (const record of lines.records) records.push(record);
      damagedIds.push(...lines.damaged.map(({ id }) => id));
    } catch (error) {
      logger.error(`A log could not be read: ${String(error)}`);
      lostFiles += 1;
    }
  }
  const lostBlobs = await readBlobs(fileSystem, logger, directory, records);
  // A record that was torn and then written again as a whole is not a loss.
  const whole = new Set<string | undefined>(records.map(({ id }) => id));
  const lostLines = damagedIds.filter((id) => !whole.has(id)).length;
  return { records, unreadable: lostFiles + lostBlobs + lostLines };
}

/** Puts the long texts into their records; returns how many could not be read. */
async function readBlobs(
  fileSystem: FileSystem,
  logger: Logger,
  directory: string,
  records: LogRecord[],
): Promise<number> {
  let lost = 0;
  for (const [index, record] of records.entries()) {
    if (record.k !== 'turnStarted' || record.role !== 'user' || !record.blob) continue;
    const { blob, ...rest } = record;
    try {
      const bytes = await fileSystem.read(`${directory}/${blob}`);
      records[index] = { ...rest, ...v.parse(blobSchema, Buffer.from(bytes ?? []).toString()) };
    } catch (error) {
      logger.error(`A long message could not be read: ${String(error)}`);
      lost += 1;
    }
  }
  return lost;
}

type TextRecord = LogRecordOf<'textAppended'>;

/** Text that is lost is shown as this, one for each UTF-16 code unit, so that offsets stay true. */
const replacementCharacter = '\uFFFD';
/** An offset this far past the text before it is damage, not a hole. */
const maxGapLength = 1024 * 1024;

/**
 * The union of all records of a conversation as events that can be folded: a turn after its parent,
 * its text whole and in order after its start, its ends after its text, and then the rest.
 */
export function orderEvents(records: Iterable<LogRecord>): ConversationEvent[] {
  const byId = new Map<string, LogRecord>();
  for (const record of records) if (!byId.has(record.id)) byId.set(record.id, record);
  const sorted = [...byId.values()].sort(compareRecords);

  const texts = groupByTurn(sorted.filter((record) => record.k === 'textAppended'));
  const fates = groupByTurn(
    sorted.filter((record) => record.k === 'turnEnded' || record.k === 'turnContinued'),
  );
  const choices = sorted.filter((record) => record.k === 'branchSelected');
  const events: ConversationEvent[] = [];
  for (const turn of orderTurns(sorted)) {
    // A choice holds until a turn that was begun after it.
    const before = choices.splice(0, choices.findLastIndex(({ t }) => t < turn.createdAt) + 1);
    events.push(...before.map(toBranchEvent));
    events.push({ kind: 'turnStarted', turn });
    events.push(...joinText(turn.id, texts.get(turn.id) ?? []));
    events.push(...(fates.get(turn.id) ?? []).map(toAnswerEvent));
  }
  events.push(...choices.map(toBranchEvent));
  for (const record of sorted) {
    if (record.k === 'turnDeleted') events.push({ kind: 'turnDeleted', turnId: record.parent });
    if (record.k === 'forgotten') events.push({ kind: 'forgotten', turnId: record.parent });
    if (record.k === 'renamed') events.push({ kind: 'renamed', title: record.title });
    if (record.k === 'pinned') events.push({ kind: 'pinned', pinned: record.pinned });
    if (record.k === 'deleted') events.push({ kind: 'deleted' });
  }
  return events;
}

function toAnswerEvent(
  record: LogRecordOf<'turnEnded'> | LogRecordOf<'turnContinued'>,
): ConversationEvent {
  const turnId = record.parent;
  return record.k === 'turnEnded'
    ? { kind: 'turnEnded', turnId, end: record.end, metrics: record.metrics }
    : { kind: 'turnContinued', turnId, at: record.at };
}

function toBranchEvent({ parent }: LogRecordOf<'branchSelected'>): ConversationEvent {
  return { kind: 'branchSelected', turnId: parent };
}

/** By time, then writer, then number: the same on every machine. */
export function compareRecords(a: LogRecord, b: LogRecord): number {
  return a.t - b.t || compareText(a.w, b.w) || a.n - b.n;
}

/** Not `localeCompare`, because the order must be the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function groupByTurn<R extends { readonly parent: string }>(
  records: readonly R[],
): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const record of records) {
    const group = groups.get(record.parent);
    if (group) group.push(record);
    else groups.set(record.parent, [record]);
  }
  return groups;
}

/** One event for each channel, from records that may overlap, repeat, or leave a hole. */
function joinText(turnId: string, records: readonly TextRecord[]): ConversationEvent[] {
  return channels.flatMap((channel) => {
    const text = joinChannel(records, channel);
    return text === '' ? [] : [{ kind: 'textAppended', turnId, channel, at: 0, text } as const];
  });
}

function joinChannel(records: readonly TextRecord[], channel: Channel): string {
  const pieces = records.filter((record) => record.channel === channel);
  let joined = '';
  // The sort is stable: at one offset the order of writing is kept.
  for (const { at, text } of pieces.sort((a, b) => a.at - b.at)) {
    const hole = at - joined.length;
    if (hole > maxGapLength) continue;
    joined += hole > 0 ? replacementCharacter.repeat(hole) + text : text.slice(-hole);
  }
  return joined;
}

interface Start {
  readonly turn: TurnStart;
  readonly t: number;
}

type Starts = ReadonlyMap<string, Start>;

interface Placed {
  readonly turn: TurnStart;
  /** When it was written, but never before its parent: clocks can go back. */
  readonly t: number;
  readonly depth: number;
}

/**
 * The turns of a conversation, each after its parent, otherwise in the order of `sorted` (by time,
 * writer, number). Nothing readable is dropped: a turn whose start is lost, but not its text, comes
 * back without its model's name, and one whose parent is lost follows the turn before it.
 */
export function orderTurns(sorted: readonly LogRecord[]): TurnStart[] {
  const starts = new Map<string, Start>();
  for (const record of sorted) {
    if (record.k === 'turnStarted') {
      starts.set(record.id, { turn: toTurnStart(record), t: record.t });
    } else if (record.k === 'textAppended' || record.k === 'turnEnded') {
      // If the start comes later after all (the clock went back), it takes this place.
      if (!starts.has(record.parent)) starts.set(record.parent, createLostStart(record));
    }
  }

  const placed = new Map<string, Placed>();
  let before: string | null = null;
  for (const id of starts.keys()) {
    placeTurn(id, starts, placed, before);
    before = id;
  }
  // The sort is stable, and `placed` has the order of `sorted` among equals.
  return [...placed.values()]
    .sort((a, b) => a.t - b.t || a.depth - b.depth)
    .map(({ turn }) => turn);
}

/** Places a turn and the ancestors that are not placed yet; their chain may be long. */
function placeTurn(id: string, starts: Starts, placed: Map<string, Placed>, before: string | null) {
  const { chain, end } = getUnplacedAncestors(id, starts, placed);
  // What the chain hangs on: a placed turn, nothing, or (damaged) a turn that is not there.
  let parent = end === null || placed.has(end) ? end : before;
  for (const start of chain.reverse()) {
    const above = parent === null ? undefined : placed.get(parent);
    placed.set(start.turn.id, {
      turn: { ...start.turn, parent },
      t: Math.max(start.t, above?.t ?? start.t),
      depth: (above?.depth ?? -1) + 1,
    });
    parent = start.turn.id;
  }
}

/** The turns from `id` upwards that are not placed yet, and the parent of the last of them. */
function getUnplacedAncestors(id: string, starts: Starts, placed: ReadonlyMap<string, Placed>) {
  const chain = new Set<Start>();
  let end: string | null = id;
  while (end !== null && !placed.has(end)) {
    const start = starts.get(end);
    if (!start || chain.has(start)) break;
    chain.add(start);
    end = start.turn.parent;
  }
  return { chain: [...chain], end };
}

function toTurnStart(record: LogRecordOf<'turnStarted'>): TurnStart {
  const { id, parent, createdAt } = record;
  return record.role === 'user'
    ? { role: record.role, id, parent, createdAt, ...getMessageContent(record) }
    : { role: record.role, id, parent, createdAt, model: record.model };
}

function createLostStart({ parent: id, t }: LogRecordOf<'textAppended' | 'turnEnded'>): Start {
  return { turn: { role: 'assistant', id, parent: lostParent, createdAt: t, model: '' }, t };
}

/** No turn has this id, so the turn follows the one before it. */
const lostParent = '';
