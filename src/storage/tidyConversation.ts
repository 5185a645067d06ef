import type { NewId } from '../conversation/ports';
import { compactRecords, isUntidy, type Compacted } from './compactRecords';
import { writerOf } from './otherWindows';
import type { FileSystem } from './fileSystem';
import { parseLog, type DamagedLine } from './logLines';
import { lineOf, type LogRecord } from './logRecord';
import type { OtherWindows } from './presence';
import { isLog } from './readConversation';
import { replaceFile } from './replaceFile';

export interface TidyDependencies {
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
export async function tidyConversation(deps: TidyDependencies): Promise<readonly string[]> {
  const { fileSystem, newId, id, directory } = deps;
  const before = await readLogs(deps, await logNames(deps));
  const plan = compactRecords(id, before.records, before.records, newId);
  if (!isUntidy(plan, before.records.length, (await logNames(deps)).length)) return [];

  const names = await ownOrAbandoned(deps);
  const rest = (await logNames(deps)).filter((name) => !names.includes(name));
  const sources = await readLogs(deps, names);
  const others = await readLogs(deps, rest);
  const all = [...sources.records, ...others.records];
  const compacted = compactRecords(id, all, sources.records, newId);
  const merged = mergedBytes(compacted, sources);
  const name = `${newId()}.jsonl`;
  if (merged.length > 0) await replaceFile(fileSystem, newId, `${directory}/${name}`, merged);
  for (const source of names) await fileSystem.remove(`${directory}/${source}`);
  await removeBlobs(deps, sources.records, [...compacted.records, ...others.records]);
  if (compacted.deleted && rest.length === 0) await removeAllBut(deps, name);
  return compacted.deleted ? [id] : [...compacted.deletedTurns];
}

/** Logs that nobody writes any more. Sealed first, so that what we write meanwhile is elsewhere. */
async function ownOrAbandoned(deps: TidyDependencies): Promise<readonly string[]> {
  const sealed = await deps.seal();
  const names = await logNames(deps);
  // After the listing: who has a log here announced itself before.
  const living = await deps.look();
  return names.filter((name) => {
    const writer = writerOf(name);
    return writer === deps.writer ? sealed.includes(name) : !living.has(writer);
  });
}

async function logNames({ fileSystem, directory }: TidyDependencies): Promise<readonly string[]> {
  return (await fileSystem.names(directory)).filter(isLog);
}

async function readLogs(deps: TidyDependencies, names: readonly string[]): Promise<Logs> {
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
function mergedBytes(compacted: Compacted, { records, damaged }: Logs): Uint8Array {
  const lines = compacted.records.map(lineOf);
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
  { fileSystem, directory }: TidyDependencies,
  before: readonly LogRecord[],
  after: readonly LogRecord[],
): Promise<void> {
  const kept = new Set(after.map(blobOf));
  for (const blob of new Set(before.map(blobOf))) {
    if (blob !== undefined && !kept.has(blob)) await fileSystem.remove(`${directory}/${blob}`);
  }
}

function blobOf(record: LogRecord): string | undefined {
  return record.k === 'turnStarted' && record.role === 'user' ? record.blob : undefined;
}

/** What a crash may have left: temporary files, and texts whose record was never written. */
async function removeAllBut(
  { fileSystem, directory }: TidyDependencies,
  name: string,
): Promise<void> {
  for (const other of await fileSystem.names(directory)) {
    if (other !== name && !isLog(other)) await fileSystem.remove(`${directory}/${other}`);
  }
}
