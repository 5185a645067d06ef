import * as v from 'valibot';
import type { Logger } from '../conversation/ports';
import { takeStart } from '../shared/hiddenCharacters';
import {
  attachmentsSchema,
  ownSystemPromptSchema,
  type Channel,
  channels,
  type ConversationEvent,
  conversationPartSchema,
  type TurnStart,
} from '../shared/turn';
import type { FileSystem } from './fileSystem';
import { LogCache } from './logCache';
import { getMessageContent, type LogRecord, type LogRecordOf } from './logRecord';

export interface ConversationRecords {
  readonly records: readonly LogRecord[];
  /** How many lines or files could not be read or parsed. They are left unchanged. */
  readonly unreadable: number;
  /** False if a file could not be read now: there may be more, even a deletion, than `records` has. */
  readonly isComplete: boolean;
}

/** The text alone, or with attachments an object. */
const blobSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.pipe(
      v.string(),
      v.transform((text) => ({ text })),
    ),
    v.object({
      text: v.string(),
      attachments: v.exactOptional(attachmentsSchema),
      systemPrompt: v.exactOptional(ownSystemPromptSchema),
      summarizes: v.exactOptional(conversationPartSchema),
    }),
  ]),
);

export function isLog(name: string): boolean {
  return name.endsWith('.jsonl');
}

/** Another window may compact the conversation while it is read; it does so once in several minutes. */
const maxAttempts = 3;

/**
 * Reads all logs of one conversation. A damaged line costs only its record; a file that cannot be read makes
 * the result incomplete. Files that another window replaces meanwhile are read again. Rejects if the folder
 * cannot be listed. With the cache of an earlier call, only what was added since then is read.
 */
export async function readConversation(
  fileSystem: FileSystem,
  logger: Logger,
  directory: string,
  cache = new LogCache(),
): Promise<ConversationRecords> {
  for (let attempt = 1; ; attempt++) {
    const names = (await fileSystem.names(directory)).filter(isLog);
    const reader = new ConversationReader(fileSystem, logger, directory, cache);
    const result = await reader.read(names);
    if (!reader.isFileMissing || attempt === maxAttempts) return result;
    const later = (await fileSystem.names(directory)).filter(isLog);
    if (later.join() === names.join()) return result;
  }
}

class ConversationReader {
  /** A file that was listed, or named by a record, does not exist. */
  isFileMissing = false;
  readonly #fileSystem: FileSystem;
  readonly #logger: Logger;
  readonly #directory: string;
  readonly #cache: LogCache;
  readonly #records: LogRecord[] = [];
  readonly #damagedIds: (string | undefined)[] = [];
  #unreadableFiles = 0;
  #isComplete = true;

  constructor(fileSystem: FileSystem, logger: Logger, directory: string, cache: LogCache) {
    this.#fileSystem = fileSystem;
    this.#logger = logger;
    this.#directory = directory;
    this.#cache = cache;
  }

  async read(logs: readonly string[]): Promise<ConversationRecords> {
    for (const name of logs) {
      const lines = await this.#tryRead(name, () =>
        this.#cache.readLog(this.#fileSystem, this.#directory, name),
      );
      if (!lines) {
        this.#isComplete = false;
        continue;
      }
      for (const record of lines.records) this.#records.push(record);
      for (const { id } of lines.damaged) this.#damagedIds.push(id);
    }
    await this.#readBlobs();
    // A record that was torn and then written again as a whole is not lost.
    const undamaged = new Set<string | undefined>(this.#records.map(({ id }) => id));
    const lostLines = this.#damagedIds.filter((id) => !undamaged.has(id)).length;
    return {
      records: this.#records,
      unreadable: this.#unreadableFiles + lostLines,
      isComplete: this.#isComplete,
    };
  }

  /** Puts long messages into their records. */
  async #readBlobs(): Promise<void> {
    for (const [index, record] of this.#records.entries()) {
      if (record.k !== 'turnStarted' || record.role !== 'user' || !record.blob) continue;
      const { blob, ...rest } = record;
      const content = this.#cache.blobs.get(blob) ?? (await this.#readBlob(blob));
      if (content) this.#records[index] = { ...rest, ...content };
    }
  }

  async #readBlob(name: string): Promise<v.InferOutput<typeof blobSchema> | undefined> {
    const bytes = await this.#tryRead(name, () =>
      this.#fileSystem.read(`${this.#directory}/${name}`),
    );
    const parsed = v.safeParse(blobSchema, bytes && Buffer.from(bytes).toString());
    if (parsed.success) this.#cache.blobs.set(name, parsed.output);
    else if (bytes) this.#unreadableFiles += 1;
    return parsed.success ? parsed.output : undefined;
  }

  /** Undefined, and counted, if the file does not exist or cannot be read. */
  async #tryRead<T>(name: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const content = await read();
      if (content !== undefined) return content;
      this.isFileMissing = true;
      this.#logger.error(`${name} does not exist any more.`);
    } catch (error) {
      this.#isComplete = false;
      this.#logger.error(`${name} could not be read: ${String(error)}`);
    }
    this.#unreadableFiles += 1;
    return undefined;
  }
}

type TextRecord = LogRecordOf<'textAppended'>;

/** Replaces each UTF-16 code unit of lost text, so that offsets stay correct; alone, lost text that is too long. */
const replacementCharacter = '\uFFFD';
/**
 * How much lost text is replaced in one place, and in a conversation, in UTF-16 code units. Offsets come from
 * files, also imported ones: without a limit, few bytes could expand to any size.
 */
const maxGapLength = 64 * 1024;
const maxReplacedLength = 1024 * 1024;
/** No model writes a longer answer. What is longer stays in the file, in UTF-16 code units. */
const maxAnswerLength = 8 * 1024 * 1024;

/**
 * Turns the union of a conversation's records into events that can be folded: a turn after its parent, its text
 * joined after its start, its ends after its text, and then the rest.
 */
export function orderEvents(records: Iterable<LogRecord>): ConversationEvent[] {
  const byId = new Map<string, LogRecord>();
  for (const record of records) if (!byId.has(record.id)) byId.set(record.id, record);
  const sorted = [...byId.values()].sort(compareRecords);

  const texts = groupByTurn(sorted.filter((record) => record.k === 'textAppended'));
  const fates = groupByTurn(
    sorted.filter((record): record is FateRecord => fateKinds.has(record.k)),
  );
  const choices = sorted.filter((record) => record.k === 'branchSelected');
  let chosen = 0;
  const events: ConversationEvent[] = [];
  const addChoices = (isNext: (record: LogRecord) => boolean): void => {
    for (let next = choices[chosen]; next && isNext(next); next = choices[chosen]) {
      events.push({ kind: 'branchSelected', turnId: next.parent });
      chosen += 1;
    }
  };
  const gaps = { replaceable: maxReplacedLength };
  for (const turn of orderTurns(sorted)) {
    // A branch stays selected until a turn that was started later.
    addChoices(({ t }) => t < turn.createdAt);
    events.push({ kind: 'turnStarted', turn });
    events.push(...joinText(turn.id, texts.get(turn.id) ?? [], gaps));
    for (const record of joinReasoning(fates.get(turn.id) ?? []))
      events.push(toAnswerEvent(record));
  }
  addChoices(() => true);
  for (const record of sorted) {
    const event = toLaterEvent(record);
    if (event) events.push(event);
  }
  return events;
}

/** What is folded after all turns. */
function toLaterEvent(record: LogRecord): ConversationEvent | undefined {
  switch (record.k) {
    case 'turnDeleted':
      return { kind: 'turnDeleted', turnId: record.parent };
    case 'forgotten':
      return { kind: 'forgotten', turnId: record.parent };
    case 'renamed':
      return { kind: 'renamed', title: record.title };
    case 'pinned':
      return { kind: 'pinned', pinned: record.pinned };
    case 'deleted':
      return { kind: 'deleted' };
    default:
      return undefined;
  }
}

/** What happens to an answer besides its text. */
type FateRecord = LogRecordOf<'turnEnded' | 'turnContinued' | 'reasoningFound'>;
const fateKinds: ReadonlySet<LogRecord['k']> = new Set<FateRecord['k']>([
  'turnEnded',
  'turnContinued',
  'reasoningFound',
]);

function toAnswerEvent(record: FateRecord): ConversationEvent {
  const turnId = record.parent;
  return record.k === 'turnEnded'
    ? { kind: 'turnEnded', turnId, end: record.end, metrics: record.metrics }
    : { kind: record.k, turnId, at: record.at };
}

/** Reasoning that was found several times is moved once: each move is the beginning of the next. */
function joinReasoning(fates: readonly FateRecord[]): readonly FateRecord[] {
  const found = fates.filter((record) => record.k === 'reasoningFound');
  const last = found.reduce<FateRecord | undefined>(
    (most, record) => (most?.k === 'reasoningFound' && most.at >= record.at ? most : record),
    undefined,
  );
  return found.length < 2
    ? fates
    : fates.filter((record) => record === last || record.k !== 'reasoningFound');
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

/** One event for each channel, from records that may overlap, repeat, or leave a gap. */
function joinText(
  turnId: string,
  records: readonly TextRecord[],
  gaps: { replaceable: number },
): ConversationEvent[] {
  return channels.flatMap((channel) => {
    const text = joinChannel(records, channel, gaps);
    return text === '' ? [] : [{ kind: 'textAppended', turnId, channel, at: 0, text } as const];
  });
}

function joinChannel(
  records: readonly TextRecord[],
  channel: Channel,
  gaps: { replaceable: number },
): string {
  const pieces = records.filter((record) => record.channel === channel);
  let joined = '';
  /** How much of the text that was written is in `joined`; more than its length after a long gap. */
  let end = 0;
  // The sort is stable: records at the same offset stay in the order in which they were written.
  for (const { at, text } of pieces.sort((a, b) => a.at - b.at)) {
    const gap = at - end;
    const isReplaced = gap <= Math.min(maxGapLength, gaps.replaceable);
    if (gap > 0) joined += replacementCharacter.repeat(isReplaced ? gap : 1);
    if (gap > 0 && isReplaced) gaps.replaceable -= gap;
    joined += text.slice(Math.max(0, -gap));
    end = Math.max(end, at + text.length);
    if (joined.length > maxAnswerLength) return takeStart(joined, maxAnswerLength);
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
  /** When it was written, but not before its parent: clocks can go back. */
  readonly t: number;
  readonly depth: number;
}

/**
 * The turns of a conversation, each after its parent, otherwise in the order of `sorted` (by time, writer,
 * number). Nothing readable is dropped: a turn that has lost its start but not its text is restored without its
 * model's name, and one that has lost its parent follows the turn before it.
 */
export function orderTurns(sorted: readonly LogRecord[]): TurnStart[] {
  const starts = new Map<string, Start>();
  for (const record of sorted) {
    if (record.k === 'turnStarted') {
      starts.set(record.id, { turn: toTurnStart(record), t: record.t });
    } else if (record.k === 'textAppended' || record.k === 'turnEnded') {
      // If the start follows (the clock went back), it replaces this.
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

/** Places a turn and its ancestors that are not placed yet, without recursion: the chain may be long. */
function placeTurn(id: string, starts: Starts, placed: Map<string, Placed>, before: string | null) {
  const { chain, end } = getUnplacedAncestors(id, starts, placed);
  // The chain's parent: a placed turn, none, or (after damage) a turn that does not exist.
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
