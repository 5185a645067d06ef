import type { Turn } from '../shared/turn';

/**
 * How much of the context is filled again after an overflow. Dropping one turn at each send would
 * change the front of the prompt each time, and the server would read everything anew.
 */
const refill = 0.6;

/** Kept free for the answer: a quarter of a small context, and never more than this. */
const mostRoom = 1024;

/** Tokens of a context of this length that are kept for the answer. */
export function answerRoom(contextLength: number): number {
  return Math.min(mostRoom, Math.floor(contextLength / 4));
}

/** What each turn takes, in the order of the turns, and what is sent with any of them. */
export interface Costs {
  readonly turns: readonly number[];
  /** The system prompt. */
  readonly fixed: number;
}

/**
 * How many of the oldest turns are no longer sent, so that the rest fits `budget`: none while all of
 * them fit, else as many as it takes to come down to 60 % of it. Whole exchanges are dropped, so that
 * what is sent begins with a person's turn; the last turn always stays, with all that is attached to it.
 *
 * @param turns what would be sent, oldest first, ending with the person's turn to answer
 */
export function turnsToDrop(turns: readonly Turn[], costs: Costs, budget: number): number {
  let kept = costs.fixed + costs.turns.reduce((sum, cost) => sum + cost, 0);
  if (kept <= budget) return 0;
  let drop = 0;
  for (const [index, turn] of turns.slice(0, -1).entries()) {
    if (kept <= refill * budget && turn.role === 'user') break;
    kept -= costs.turns[index] ?? 0;
    drop = index + 1;
  }
  return drop;
}
