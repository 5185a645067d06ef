import type { ConversationEvent } from '../shared/conversationEvents';
import { channels, type Channel } from '../shared/turn';
import type { LogRecord, LogRecordOf } from './logRecord';
import { orderTurns } from './orderTurns';

type TextRecord = LogRecordOf<'textAppended'>;

/** Text that is lost is shown as this, one for each UTF-16 code unit, so that offsets stay true. */
const lost = '\uFFFD';
/** An offset this far past the text before it is damage, not a hole. */
const largestHole = 1024 * 1024;

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
    events.push(...before.map(choiceOf));
    events.push({ kind: 'turnStarted', turn });
    events.push(...joinText(turn.id, texts.get(turn.id) ?? []));
    events.push(...(fates.get(turn.id) ?? []).map(fateOf));
  }
  events.push(...choices.map(choiceOf));
  for (const record of sorted) {
    if (record.k === 'turnDeleted') events.push({ kind: 'turnDeleted', turnId: record.parent });
    if (record.k === 'forgotten') events.push({ kind: 'forgotten', turnId: record.parent });
    if (record.k === 'renamed') events.push({ kind: 'renamed', title: record.title });
    if (record.k === 'pinned') events.push({ kind: 'pinned', pinned: record.pinned });
    if (record.k === 'deleted') events.push({ kind: 'deleted' });
  }
  return events;
}

function fateOf(
  record: LogRecordOf<'turnEnded'> | LogRecordOf<'turnContinued'>,
): ConversationEvent {
  const turnId = record.parent;
  return record.k === 'turnEnded'
    ? { kind: 'turnEnded', turnId, end: record.end, metrics: record.metrics }
    : { kind: 'turnContinued', turnId, at: record.at };
}

function choiceOf({ parent }: LogRecordOf<'branchSelected'>): ConversationEvent {
  return { kind: 'branchSelected', turnId: parent };
}

/** By time, then writer, then number: the same on every machine. */
export function compareRecords(a: LogRecord, b: LogRecord): number {
  return a.t - b.t || compareText(a.w, b.w) || a.n - b.n;
}

/** Not `localeCompare`: the order must be the same on every machine. */
function compareText(a: string, b: string): number {
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
  // The sort is stable: at one offset the order of writing stands.
  for (const { at, text } of pieces.sort((a, b) => a.at - b.at)) {
    const hole = at - joined.length;
    if (hole > largestHole) continue;
    joined += hole > 0 ? lost.repeat(hole) + text : text.slice(-hole);
  }
  return joined;
}
