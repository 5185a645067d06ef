import { Conversation } from '../conversation/conversation';
import type { CheckpointContext, CheckpointTurn } from '../conversation/ports';
import type { ConversationEvent } from '../shared/conversationEvents';
import { recordOf, type LogRecord } from './logRecord';
import { orderEvents } from './orderEvents';

export interface Rescue {
  /** What the checkpoint has and the logs have not. */
  readonly events: readonly ConversationEvent[];
  /** How many earlier turns neither of them has. */
  readonly missingEarlier: number;
}

/** Compares the active conversation's context in the checkpoint with what its logs still have. */
export function rescueFromCheckpoint(
  context: CheckpointContext,
  records: readonly LogRecord[],
): Rescue {
  const { conversationId, title, turns, leftOut } = context;
  if (records.some(({ k }) => k === 'deleted')) return { events: [], missingEarlier: 0 };
  const logged = new Conversation(conversationId, orderEvents(records));
  const started = new Set(records.filter(({ k }) => k === 'turnStarted').map(({ id }) => id));
  // A turn that was begun and is not there was deleted; the checkpoint only came too early.
  const wanted = turns.filter(({ start }) => !started.has(start.id) || logged.turn(start.id));
  const events = wanted.flatMap((turn) => missingEvents(turn, logged));
  // The title came from a first message that is not among the turns any more.
  if (records.length === 0 && title !== '') events.push({ kind: 'renamed', title });
  const inContext = new Set(turns.map(({ start }) => start.id));
  const earlier = records.filter(({ k, id }) => k === 'turnStarted' && !inContext.has(id)).length;
  return { events, missingEarlier: Math.max(0, leftOut - earlier) };
}

/** Records that stand for rescued events until they are written. */
export function rescuedRecords(events: readonly ConversationEvent[]): LogRecord[] {
  const w = 'checkpoint';
  let t = 0;
  return events.map((event, n) => {
    if (event.kind === 'turnStarted') t = event.turn.createdAt;
    return recordOf(event, { id: `${w}-${n}`, w, n, t });
  });
}

function missingEvents(
  { start, text = '', end }: CheckpointTurn,
  logged: Conversation,
): ConversationEvent[] {
  const known = logged.turn(start.id);
  const turnId = start.id;
  const events: ConversationEvent[] = [];
  if (!known) events.push({ kind: 'turnStarted', turn: start });
  if (start.role === 'user') return events;
  const knownText = known?.text ?? '';
  if (text.length > knownText.length && text.startsWith(knownText)) {
    const at = knownText.length;
    const rest = text.slice(at);
    events.push({ kind: 'textAppended', turnId, channel: 'answer', at, text: rest });
  }
  const ended = known?.role === 'assistant' && known.end !== undefined;
  if (end && !ended) events.push({ kind: 'turnEnded', turnId, end, metrics: {} });
  return events;
}
