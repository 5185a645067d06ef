import type { TurnStart } from '../shared/turn';
import { said, type LogRecord, type LogRecordOf } from './logRecord';

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
 * back without its model's name, and one whose parent is lost goes on from the turn before it.
 */
export function orderTurns(sorted: readonly LogRecord[]): TurnStart[] {
  const starts = new Map<string, Start>();
  for (const record of sorted) {
    if (record.k === 'turnStarted') {
      starts.set(record.id, { turn: turnOf(record), t: record.t });
    } else if (record.k === 'textAppended' || record.k === 'turnEnded') {
      // If the start comes later after all (the clock went back), it takes this place.
      if (!starts.has(record.parent)) starts.set(record.parent, lostStart(record));
    }
  }

  const placed = new Map<string, Placed>();
  let before: string | null = null;
  for (const id of starts.keys()) {
    place(id, starts, placed, before);
    before = id;
  }
  // The sort is stable, and `placed` has the order of `sorted` among equals.
  return [...placed.values()]
    .sort((a, b) => a.t - b.t || a.depth - b.depth)
    .map(({ turn }) => turn);
}

/** Places a turn and the ancestors that are not placed yet; their chain may be long. */
function place(id: string, starts: Starts, placed: Map<string, Placed>, before: string | null) {
  const { chain, end } = chainAbove(id, starts, placed);
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
function chainAbove(id: string, starts: Starts, placed: ReadonlyMap<string, Placed>) {
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

function turnOf(record: LogRecordOf<'turnStarted'>): TurnStart {
  const { id, parent, createdAt } = record;
  return record.role === 'user'
    ? { role: record.role, id, parent, createdAt, ...said(record) }
    : { role: record.role, id, parent, createdAt, model: record.model };
}

function lostStart({ parent: id, t }: LogRecordOf<'textAppended' | 'turnEnded'>): Start {
  return { turn: { role: 'assistant', id, parent: lostParent, createdAt: t, model: '' }, t };
}

/** No turn has this id, so the turn goes on from the one before it. */
const lostParent = '';
