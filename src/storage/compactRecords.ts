import { Conversation } from '../conversation/conversation';
import type { NewId } from '../conversation/ports';
import { maxTextUnits, withoutWords, type LogRecord, type LogRecordOf } from './logRecord';
import { orderEvents } from './orderEvents';

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
export function isUntidy(compacted: Compacted, before: number, files: number): boolean {
  const { records, holdsDeleted } = compacted;
  return holdsDeleted || records.length * 2 < before || files > manyFiles;
}

const manyFiles = 16;

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
  const deletedTurns = turnsDeleted(id, all);
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

function turnsDeleted(id: string, all: readonly LogRecord[]): ReadonlySet<string> {
  const living = new Conversation(id, orderEvents(all));
  const started = all.filter(({ k }) => k === 'turnStarted').map((record) => record.id);
  return new Set(started.filter((turnId) => !living.turn(turnId)));
}

/** A deleted turn keeps its place among the others, without a word of what it said. */
function withoutDeleted(record: LogRecord, deletedTurns: ReadonlySet<string>): LogRecord[] {
  if (record.k === 'turnStarted') {
    const silent = record.role === 'assistant' || isSilent(record);
    if (silent || !deletedTurns.has(record.id)) return [record];
    return [{ ...withoutWords(record), blob: undefined }];
  }
  const ofTurn = record.k === 'textAppended' || record.k === 'turnEnded';
  return ofTurn && deletedTurns.has(record.parent) ? [] : [record];
}

function isSilent({ text, blob, attachments }: Extract<LogRecord, { role: 'user' }>): boolean {
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
