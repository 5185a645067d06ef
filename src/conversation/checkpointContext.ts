import type { Turn } from '../shared/turn';
import type { CheckpointContext, CheckpointTurn } from './ports';

/** What the active conversation may take of the checkpoint, in bytes of its JSON. */
export const contextBudget = 48 * 1024;

/**
 * The newest whole turns that fit `budget` bytes, oldest first, and how many are left out. A turn
 * is never cut; if even the newest does not fit, none is kept.
 */
export function checkpointContext(
  conversationId: string,
  title: string,
  turns: readonly Turn[],
  budget: number = contextBudget,
): CheckpointContext {
  let left = budget - jsonBytes({ conversationId, title, turns: [], leftOut: turns.length });
  const kept: CheckpointTurn[] = [];
  for (const turn of turns.toReversed()) {
    // A turn that cannot fit is not even turned into JSON: it may have megabytes.
    if (lengthOf(turn) > left) break;
    const entry = checkpointTurn(turn);
    left -= jsonBytes(entry) + 1;
    if (left < 0) break;
    kept.push(entry);
  }
  return { conversationId, title, turns: kept.reverse(), leftOut: turns.length - kept.length };
}

function lengthOf(turn: Turn): number {
  const attached = turn.role === 'user' ? (turn.attachments ?? []) : [];
  return attached.reduce((sum, { text }) => sum + text.length, turn.text.length);
}

/** The length of a value's JSON as UTF-8, which is how VS Code keeps it. */
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

function checkpointTurn(turn: Turn): CheckpointTurn {
  if (turn.role === 'user') return { start: turn };
  const { role, id, parent, createdAt, model, text, end } = turn;
  const start = { role, id, parent, createdAt, model };
  return end === undefined ? { start, text } : { start, text, end };
}
