import type { ConversationEvent, ConversationEventOf, Turn } from '../shared/turn';
import { Conversation, getWrittenLength } from './conversation';
import type { CheckpointContext, CheckpointTurn } from './ports';

/** How much of the checkpoint the active conversation may take, in bytes of JSON. */
export const maxContextBytes = 48 * 1024;

/**
 * The newest whole turns that fit `budget` bytes, oldest first, and how many are left out. A turn
 * is never cut; if even the newest does not fit, none is kept.
 */
export function createCheckpointContext(
  conversationId: string,
  title: string,
  turns: readonly Turn[],
  budget: number = maxContextBytes,
): CheckpointContext {
  let left = budget - jsonBytes({ conversationId, title, turns: [], leftOut: turns.length });
  const kept: CheckpointTurn[] = [];
  for (const turn of turns.toReversed()) {
    // A turn that cannot fit is not serialized: it may have megabytes.
    if (getTextLength(turn) > left) break;
    const entry = toCheckpointTurn(turn);
    left -= jsonBytes(entry) + 1;
    if (left < 0) break;
    kept.push(entry);
  }
  return { conversationId, title, turns: kept.reverse(), leftOut: turns.length - kept.length };
}

function getTextLength(turn: Turn): number {
  const attached = turn.role === 'user' ? (turn.attachments ?? []) : [];
  return attached.reduce((sum, { text }) => sum + text.length, turn.text.length);
}

/** The length of a value's JSON in UTF-8, as VS Code stores it. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value);
  let bytes = 0;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    // JSON escapes lone surrogates, so each of these is half of a four-byte character.
    const surrogate = unit >= 0xd800 && unit <= 0xdfff;
    if (unit < 0x80) bytes += 1;
    else bytes += unit < 0x800 || surrogate ? 2 : 3;
  }
  return bytes;
}

function toCheckpointTurn(turn: Turn): CheckpointTurn {
  if (turn.role === 'user') return { start: turn };
  const { role, id, parent, createdAt, model, text, end } = turn;
  const start = { role, id, parent, createdAt, model };
  return end === undefined ? { start, text } : { start, text, end };
}

/**
 * Of `imported`, what `existing` (the events of the same conversation) does not have: importing the
 * same twice adds nothing, and what is there is never overwritten. A turn that was deleted stays so.
 */
export function findMissingEvents(
  conversationId: string,
  existing: readonly ConversationEvent[],
  imported: readonly ConversationEvent[],
): ConversationEvent[] {
  if (existing.length === 0) return [...imported];
  const known = new Conversation(conversationId, existing);
  const started = new Set(
    existing.flatMap((event) => (event.kind === 'turnStarted' ? [event.turn.id] : [])),
  );
  const settled = (turnId: string): boolean => {
    const turn = known.turn(turnId);
    return started.has(turnId) && (turn?.role !== 'assistant' || turn.end !== undefined);
  };
  return imported.flatMap((event): ConversationEvent[] => {
    switch (event.kind) {
      case 'turnStarted':
        return started.has(event.turn.id) ? [] : [event];
      case 'textAppended':
        return settled(event.turnId) ? [] : toNewText(known, event);
      case 'reasoningFound':
      case 'turnEnded':
      case 'turnContinued':
        return settled(event.turnId) ? [] : [event];
      case 'forgotten':
      case 'renamed':
      case 'pinned':
      case 'branchSelected':
      case 'turnDeleted':
      case 'deleted':
        return [];
    }
  });
}

function toNewText(
  known: Conversation,
  event: ConversationEventOf<'textAppended'>,
): ConversationEvent[] {
  const turn = known.turn(event.turnId);
  const length = turn?.role !== 'assistant' ? 0 : getWrittenLength(turn, event.channel);
  const skip = Math.max(0, length - event.at);
  const text = event.text.slice(skip);
  return text === '' ? [] : [{ ...event, at: event.at + skip, text }];
}
