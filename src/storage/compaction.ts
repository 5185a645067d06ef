import { Conversation } from '../conversation/conversation';
import type { NewId } from '../conversation/ports';
import { type FileSystem, replaceFile } from './fileSystem';
import {
  type DamagedLine,
  formatLine,
  type LogRecord,
  type LogRecordOf,
  maxTextUnits,
  parseLog,
  withoutContent,
} from './logRecord';
import { parseWriterId } from './otherWindowsWatcher';
import type { LivingWindows } from './presence';
import { compareText, isLog, orderEvents } from './readConversation';

export interface CompactionDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly id: string;
  /** The conversation's folder. */
  readonly directory: string;
  /** This window's id. */
  readonly writer: string;
  /** Ends this window's own log; resolves with the names of its files that are no longer written. */
  readonly seal: () => Promise<readonly string[]>;
  /** The other windows that live: their logs are left to them. */
  readonly findLivingWindows: () => Promise<LivingWindows>;
}

interface Logs {
  readonly records: readonly LogRecord[];
  readonly damaged: readonly DamagedLine[];
}

/**
 * Merges a conversation's logs into one that holds only what is needed: written under a temporary name, synced,
 * renamed; then the old ones are removed. A crash in between leaves records twice, which their ids and offsets
 * reveal. Resolves with the ids (of the conversation, or of turns) whose text is gone from the logs. Rejects,
 * with nothing changed, if a log cannot be read.
 */
export async function compactConversation(
  deps: CompactionDependencies,
): Promise<readonly string[]> {
  const { fileSystem, newId, id, directory } = deps;
  const names = await listLogs(deps);
  const before = await readLogs(deps, names);
  const plan = compactRecords(id, before.records, before.records, newId);
  if (!needsCompaction(plan, before.records.length, names.length)) return [];

  const unused = await findUnusedLogs(deps);
  const rest = (await listLogs(deps)).filter((name) => !unused.includes(name));
  const sources = await readLogs(deps, unused);
  const others = await readLogs(deps, rest);
  const all = [...sources.records, ...others.records];
  const compacted = compactRecords(id, all, sources.records, newId);
  const merged = formatMergedLog(compacted, sources);
  const name = `${newId()}.jsonl`;
  if (merged.length > 0) await replaceFile(fileSystem, newId, `${directory}/${name}`, merged);
  for (const source of unused) await fileSystem.remove(`${directory}/${source}`);
  await removeBlobs(deps, sources.records, [...compacted.records, ...others.records]);
  if (compacted.deleted && rest.length === 0) await removeLeftovers(deps);
  return compacted.deleted ? [id] : [...compacted.deletedTurns];
}

/** Logs that no window writes any more. This window's is sealed first, so that it continues in a new file. */
async function findUnusedLogs(deps: CompactionDependencies): Promise<readonly string[]> {
  const sealed = await deps.seal();
  const names = await listLogs(deps);
  // After listing: every window announces itself before it creates a log.
  const living = await deps.findLivingWindows();
  return names.filter((name) => {
    const writer = parseWriterId(name);
    return writer === deps.writer ? sealed.includes(name) : !living.has(writer);
  });
}

async function listLogs({
  fileSystem,
  directory,
}: CompactionDependencies): Promise<readonly string[]> {
  return (await fileSystem.names(directory)).filter(isLog);
}

async function readLogs(deps: CompactionDependencies, names: readonly string[]): Promise<Logs> {
  const logs: { records: LogRecord[]; damaged: DamagedLine[] } = { records: [], damaged: [] };
  for (const name of names) {
    const bytes = await deps.fileSystem.read(`${deps.directory}/${name}`);
    // Another window is compacting, too. Its result has to be read before anything is removed.
    if (!bytes) throw new Error(`${name} was removed while it was compacted.`);
    const { records, damaged } = parseLog(bytes);
    for (const record of records) logs.records.push(record);
    logs.damaged.push(...damaged);
  }
  return logs;
}

/** Damaged lines are kept, unless their record is there undamaged, or was deleted. */
function formatMergedLog(compacted: Compacted, { records, damaged }: Logs): Uint8Array {
  const lines = compacted.records.map(formatLine);
  const undamaged = new Set<string | undefined>(records.map(({ id }) => id));
  for (const { id, bytes } of damaged) {
    const text = Buffer.from(bytes).toString();
    const mentionsDeleted = [...compacted.deletedTurns].some((turnId) => text.includes(turnId));
    if (compacted.deleted || mentionsDeleted || undamaged.has(id)) continue;
    lines.push(bytes, Buffer.from('\n'));
  }
  return Buffer.concat(lines);
}

async function removeBlobs(
  { fileSystem, directory }: CompactionDependencies,
  before: readonly LogRecord[],
  after: readonly LogRecord[],
): Promise<void> {
  const kept = new Set(after.map(getBlobName));
  for (const blob of new Set(before.map(getBlobName))) {
    if (blob !== undefined && !kept.has(blob)) await fileSystem.remove(`${directory}/${blob}`);
  }
}

function getBlobName(record: LogRecord): string | undefined {
  return record.k === 'turnStarted' && record.role === 'user' ? record.blob : undefined;
}

/** Removes what a crash may have left: temporary files, and blobs whose record was never written. */
async function removeLeftovers({ fileSystem, directory }: CompactionDependencies): Promise<void> {
  for (const name of await fileSystem.names(directory)) {
    if (!isLog(name)) await fileSystem.remove(`${directory}/${name}`);
  }
}

type TextRecord = LogRecordOf<'textAppended'>;

export interface Compacted {
  readonly records: readonly LogRecord[];
  /** Ids of deleted turns: their content is not in `records`. */
  readonly deletedTurns: ReadonlySet<string>;
  /** The whole conversation was deleted: only the tombstone is left in `records`. */
  readonly deleted: boolean;
  /** The source records still hold deleted content. */
  readonly holdsDeleted: boolean;
}

/** Whether `files` logs with `before` records should be merged into one. */
export function needsCompaction(compacted: Compacted, before: number, files: number): boolean {
  const { records, holdsDeleted } = compacted;
  return holdsDeleted || records.length * 2 < before || files > maxLogs;
}

const maxLogs = 16;

/**
 * Reduces `sources`, some of a conversation's records, to what is needed; `all` of them tell what was deleted.
 * Streamed text is joined and deleted text is left out; folding gives the same conversation.
 */
export function compactRecords(
  id: string,
  all: readonly LogRecord[],
  sources: readonly LogRecord[],
  newId: NewId,
): Compacted {
  if (all.some(({ k }) => k === 'deleted')) {
    const records = sources.filter(({ k }) => k === 'deleted');
    const holdsDeleted = records.length < sources.length;
    return { records, deletedTurns: new Set(), deleted: true, holdsDeleted };
  }
  const deletedTurns = findDeletedTurns(id, all);
  const kept = sources.flatMap((record) => withoutDeleted(record, deletedTurns));
  const texts = kept.filter((record) => record.k === 'textAppended');
  const others = kept.filter(({ k }) => k !== 'textAppended');
  return {
    records: [...unique(others), ...joinRuns(unique(texts), newId)],
    deletedTurns,
    deleted: false,
    holdsDeleted:
      kept.length < sources.length || kept.some((record, index) => record !== sources[index]),
  };
}

function findDeletedTurns(id: string, all: readonly LogRecord[]): ReadonlySet<string> {
  const living = new Conversation(id, orderEvents(all));
  const started = all.filter(({ k }) => k === 'turnStarted').map((record) => record.id);
  return new Set(started.filter((turnId) => !living.turn(turnId)));
}

/** A deleted turn keeps its place among the others, but not its content. */
function withoutDeleted(record: LogRecord, deletedTurns: ReadonlySet<string>): LogRecord[] {
  if (record.k === 'turnStarted') {
    const isEmpty = record.role === 'assistant' || hasNoContent(record);
    if (isEmpty || !deletedTurns.has(record.id)) return [record];
    return [{ ...withoutContent(record), blob: undefined }];
  }
  const ofTurn = record.k === 'textAppended' || record.k === 'turnEnded';
  return ofTurn && deletedTurns.has(record.parent) ? [] : [record];
}

function hasNoContent({ text, blob, attachments }: Extract<LogRecord, { role: 'user' }>): boolean {
  return text === '' && !blob && !attachments;
}

function unique<R extends LogRecord>(records: readonly R[]): R[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

/** Joins records that follow each other without a gap; what belongs into a gap may be in another log. */
function joinRuns(records: readonly TextRecord[], newId: NewId): TextRecord[] {
  const sorted = records.toSorted(
    (a, b) =>
      compareText(a.parent, b.parent) ||
      compareText(a.channel, b.channel) ||
      a.at - b.at ||
      a.t - b.t,
  );
  const joined: TextRecord[] = [];
  for (const record of sorted) {
    const run = joined.at(-1);
    const end = run ? run.at + run.text.length : 0;
    const follows =
      run?.parent === record.parent && run.channel === record.channel && record.at <= end;
    const text = follows ? record.text.slice(end - record.at) : '';
    if (!follows || run.text.length + text.length > maxTextUnits) joined.push(record);
    else joined[joined.length - 1] = { ...run, id: newId(), text: run.text + text };
  }
  return joined;
}
