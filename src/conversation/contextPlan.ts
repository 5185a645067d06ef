import type { Turn } from '../shared/turn';
import type { PromptMessage } from './ports';

/**
 * How much of the context is filled again after an overflow. Dropping one turn at each send would
 * change the front of the prompt each time, and the server would read everything anew.
 */
const refill = 0.6;

/** The exact counts of a refusal: tokens of the prompt that was sent, and of its context. */
export interface Refusal {
  readonly promptTokens: number;
  readonly contextLength: number;
}

/**
 * Decides, after a refusal, how many of the oldest turns are no longer sent. Whole exchanges are
 * dropped, so that what is sent begins with a person's turn; the last turn always stays.
 *
 * @param turns what was sent, oldest first, ending with the person's turn to answer
 * @returns how many turns to leave out; 0 when nothing more can be dropped
 */
export function turnsToDrop(
  turns: readonly Turn[],
  messages: readonly PromptMessage[],
  { promptTokens, contextLength }: Refusal,
): number {
  const charactersPerToken = characters(messages) / Math.max(1, promptTokens);
  const budget = refill * contextLength * charactersPerToken;
  let kept = characters(messages);
  let drop = 0;
  for (const [index, turn] of turns.slice(0, -1).entries()) {
    if (kept <= budget && turn.role === 'user') break;
    kept -= turn.text.length;
    drop = index + 1;
  }
  return drop;
}

function characters(messages: readonly PromptMessage[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}
