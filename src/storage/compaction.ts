import { Conversation } from '../conversation/conversation';
import type { NewId } from '../conversation/ports';
import { checkpointKey } from './checkpoint';
import type { KeyValueStore } from './checkpointStore';
import { type FileSystem, replaceFile, temporarySuffix } from './fileSystem';
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
import type { OtherWindows } from './presence';
import { isLog, orderEvents } from './readConversation';

export interface CompactionDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly id: string;
  /** The conversation's folder. */
  readonly directory: string;
  /** This window's id. */
  readonly writer: string;
  /** Ends this window's own log; resolves with the names of its files that are ended. */
  readonly seal: () => Promise<readonly string[]>;
  /** The other windows that live: their files are theirs to rewrite. */
  readonly look: () => Promise<OtherWindows>;
}

interface Logs {
  readonly records: readonly LogRecord[];
  readonly damaged: readonly DamagedLine[];
}

/**
 * Rewrites a conversation's logs into one that has only what is worth keeping: written beside them,
 * synced, renamed; then they go. A crash in between leaves records twice, which their ids and
 * offsets show. Resolves with the ids (of the conversation, of turns) whose text is gone now.
 */
export async function compactConversation(
  deps: CompactionDependencies,
): Promise<readonly string[]> {
  const { fileSystem, newId, id, directory } = deps;
  const before = await readLogs(deps, await listLogs(deps));
  const plan = compactRecords(id, before.records, before.records, newId);
  if (!needsCompaction(plan, before.records.length, (await listLogs(deps)).length)) return [];

  const names = await findUnusedLogs(deps);
  const rest = (await listLogs(deps)).filter((name) => !names.includes(name));
  const sources = await readLogs(deps, names);
  const others = await readLogs(deps, rest);
  const all = [...sources.records, ...others.records];
  const compacted = compactRecords(id, all, sources.records, newId);
  const merged = formatMergedLog(compacted, sources);
  const name = `${newId()}.jsonl`;
  if (merged.length > 0) await replaceFile(fileSystem, newId, `${directory}/${name}`, merged);
  for (const source of names) await fileSystem.remove(`${directory}/${source}`);
  await removeBlobs(deps, sources.records, [...compacted.records, ...others.records]);
  if (compacted.deleted && rest.length === 0) await removeAllBut(deps, name);
  return compacted.deleted ? [id] : [...compacted.deletedTurns];
}

/** Logs that nobody writes any more. Sealed first, so that what we write meanwhile is elsewhere. */
async function findUnusedLogs(deps: CompactionDependencies): Promise<readonly string[]> {
  const sealed = await deps.seal();
  const names = await listLogs(deps);
  // After the listing: who has a log here announced itself before.
  const living = await deps.look();
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
    const { records, damaged } = parseLog(bytes ?? new Uint8Array());
    for (const record of records) logs.records.push(record);
    logs.damaged.push(...damaged);
  }
  return logs;
}

/** Damaged lines stay as they are, unless what they hold is there as a whole, or was deleted. */
function formatMergedLog(compacted: Compacted, { records, damaged }: Logs): Uint8Array {
  const lines = compacted.records.map(formatLine);
  const whole = new Set<string | undefined>(records.map(({ id }) => id));
  for (const { id, bytes } of damaged) {
    const text = Buffer.from(bytes).toString();
    const mentionsDeleted = [...compacted.deletedTurns].some((turnId) => text.includes(turnId));
    if (compacted.deleted || mentionsDeleted || whole.has(id)) continue;
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

/** What a crash may have left: temporary files, and texts whose record was never written. */
async function removeAllBut(
  { fileSystem, directory }: CompactionDependencies,
  name: string,
): Promise<void> {
  for (const other of await fileSystem.names(directory)) {
    if (other !== name && !isLog(other)) await fileSystem.remove(`${directory}/${other}`);
  }
}

type TextRecord = LogRecordOf<'textAppended'>;

export interface Compacted {
  readonly records: readonly LogRecord[];
  /** Ids of turns that were deleted: nothing they said is in `records`. */
  readonly deletedTurns: ReadonlySet<string>;
  /** The whole conversation was deleted: only that is left in `records`. */
  readonly deleted: boolean;
  /** Something that was deleted is still there to be read. */
  readonly holdsDeleted: boolean;
}

/** Whether rewriting `files` logs of `before` records into one pays, or must be. */
export function needsCompaction(compacted: Compacted, before: number, files: number): boolean {
  const { records, holdsDeleted } = compacted;
  return holdsDeleted || records.length * 2 < before || files > maxLogs;
}

const maxLogs = 16;

/**
 * What is worth keeping of `sources`, some of a conversation's records; `all` of them say what was
 * deleted. Streamed text is joined, deleted text left out; folding gives the same conversation.
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

/** A deleted turn keeps its place among the others, without a word of what it said. */
function withoutDeleted(record: LogRecord, deletedTurns: ReadonlySet<string>): LogRecord[] {
  if (record.k === 'turnStarted') {
    const silent = record.role === 'assistant' || hasNoContent(record);
    if (silent || !deletedTurns.has(record.id)) return [record];
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

/** Joins records that follow each other without a hole; what is between them may be elsewhere. */
function joinRuns(records: readonly TextRecord[], newId: NewId): TextRecord[] {
  const sorted = records.toSorted(
    (a, b) =>
      compare(a.parent, b.parent) || compare(a.channel, b.channel) || a.at - b.at || a.t - b.t,
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

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Removes what still tells of deleted conversations and turns outside the logs: copies that were
 * set aside, the file of a deactivation, and what a crash left of a file that was being replaced.
 */
export async function purgeDeleted(
  fileSystem: FileSystem,
  memento: KeyValueStore,
  directory: string,
  ids: readonly string[],
): Promise<void> {
  const tells = (text: string): boolean => ids.some((id) => text.includes(id));
  const quarantine = `${directory}/quarantine`;
  const set = (await fileSystem.names(quarantine)).map((name) => `${quarantine}/${name}`);
  const loose = (await fileSystem.names(directory))
    .filter((name) => name.endsWith(temporarySuffix) || name === 'checkpoint.json')
    .map((name) => `${directory}/${name}`);
  for (const file of [...set, ...loose]) {
    const bytes = await fileSystem.read(file);
    if (bytes && tells(Buffer.from(bytes).toString())) await fileSystem.remove(file);
  }
  for (const key of memento
    .keys()
    .filter((name) => name.startsWith(`${checkpointKey}.setAside.`))) {
    if (tells(String(memento.get(key)))) await memento.update(key, undefined);
  }
}
