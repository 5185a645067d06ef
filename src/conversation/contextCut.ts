import type { Turn } from '../shared/turn';
import { getAnswerBudget } from './contextLength';

/**
 * Where a conversation was cut when the model last accepted a prompt. It stays cut there while the model and
 * the limit stay and the rest fits, so that the server's prefix cache is reused.
 */
export interface ContextCut {
  readonly model: string;
  /** Tokens of context for which the cut was made. */
  readonly limit: number;
  /** The first turn that is sent. */
  readonly firstTurnId: string;
  /** An answer that is sent without its middle, and how much of it is sent. */
  readonly shortened?: { readonly turnId: string; readonly share: number };
  /** A message that is sent without its attachments. */
  readonly withoutAttachments?: string;
}

/** Estimated tokens of each turn, in the order of the turns, and of what is sent with any of them. */
export interface Costs {
  readonly turns: readonly number[];
  /** The same without attachments. */
  readonly bare: readonly number[];
  /** The system prompt, and the answer that is being continued. */
  readonly fixed: number;
}

export interface CutInput {
  readonly model: string;
  /** Oldest first, ending with the user's turn that is answered. */
  readonly turns: readonly Turn[];
  readonly costs: Costs;
  /** Tokens of context. */
  readonly limit: number;
  readonly lastCut: ContextCut | undefined;
}

/** What is sent of a conversation. */
export interface Selection {
  /** Index of the first turn that is sent. */
  readonly first: number;
  readonly shortened?: { readonly turnId: string; readonly share: number };
  readonly withoutAttachments?: string;
}

/** After a cut, this part of the budget is filled again: a cut at every message would defeat the prefix cache. */
const refill = 0.6;

/** An answer is not shortened to less than this part of the budget, or this many tokens. */
const minShortened = { part: 1 / 8, tokens: 64 };

/**
 * What is sent: a pure function, computed for every prompt, so that turns are sent again when the limit grows.
 * The last cut stays if it was made for the same model and limit and what it leaves fits. Otherwise everything is
 * sent if it fits, else the newest whole exchanges that fill 60 % of the budget, and at least the last one. If that
 * does not fit, its answer is shortened, then its attachments are left out, then all of it. The last turn is
 * always sent whole.
 */
export function selectTurns(input: CutInput): Selection {
  const { turns, costs, limit } = input;
  const budget = limit - getAnswerBudget(limit);
  const last = toSelection(input);
  if (countTokens(input, last) <= budget) return last;
  const first = skipOldExchanges(input, budget);
  if (countTokens(input, { first }) <= budget) return { first };
  return reduceExchange(turns, costs, first, budget);
}

/** The last cut if it still applies, else everything. */
function toSelection({ model, turns, limit, lastCut }: CutInput): Selection {
  if (lastCut?.model !== model || lastCut.limit !== limit) return { first: 0 };
  const first = turns.findIndex(({ id }) => id === lastCut.firstTurnId);
  if (first < 0) return { first: 0 };
  const { shortened, withoutAttachments } = lastCut;
  return {
    first,
    ...(shortened && { shortened }),
    ...(withoutAttachments !== undefined && { withoutAttachments }),
  };
}

/** Estimated tokens of what a selection sends. */
export function countTokens(
  { turns, costs }: Pick<CutInput, 'turns' | 'costs'>,
  selection: Selection,
): number {
  const { first, shortened, withoutAttachments } = selection;
  let total = costs.fixed;
  for (const [index, { id }] of turns.entries()) {
    if (index < first) continue;
    const cost = (id === withoutAttachments ? costs.bare : costs.turns)[index] ?? 0;
    total += id === shortened?.turnId ? cost * shortened.share : cost;
  }
  return total;
}

/** Index of the first turn after leaving out old exchanges, but never the last one. */
function skipOldExchanges({ turns, costs }: CutInput, budget: number): number {
  const lastExchange = findLastExchange(turns);
  let total = costs.fixed + sum(costs.turns);
  let first = 0;
  for (const [index, turn] of turns.slice(0, lastExchange).entries()) {
    if (total <= refill * budget && turn.role === 'user') break;
    total -= costs.turns[index] ?? 0;
    first = index + 1;
  }
  return first;
}

/** Index of the message before the one that is answered; of that one if there is none. */
function findLastExchange(turns: readonly Turn[]): number {
  const before = turns.slice(0, -1).findLastIndex(({ role }) => role === 'user');
  return before < 0 ? turns.length - 1 : before;
}

/** The last exchange does not fit: shortens its answer from the middle, or leaves out more. */
function reduceExchange(
  turns: readonly Turn[],
  { turns: whole, bare, fixed }: Costs,
  first: number,
  budget: number,
): Selection {
  const end = turns.length - 1;
  const answer = turns.slice(first, end).findLastIndex(({ role }) => role === 'assistant') + first;
  const question = turns[first];
  const shown = turns[answer];
  if (first === end || question?.role !== 'user' || shown?.role !== 'assistant')
    return { first: end };
  const cost = whole[answer] ?? 0;
  const smallest = Math.min(cost, Math.max(minShortened.tokens, minShortened.part * budget));
  const others = fixed + sum(whole.slice(first)) - cost;
  const shorten = (available: number): Pick<Selection, 'shortened'> =>
    available >= cost ? {} : { shortened: { turnId: shown.id, share: available / cost } };
  if (budget - others >= smallest) return { first, ...shorten(budget - others) };
  const saved = (whole[first] ?? 0) - (bare[first] ?? 0);
  const available = budget - others + saved;
  if (saved <= 0 || available < smallest) return { first: end };
  return { first, ...shorten(available), withoutAttachments: question.id };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Of what is left of an answer, the part at its beginning. */
const headShare = 0.6;

/** `text` without its middle, at most about `maxLength` UTF-16 code units, cut between lines where that is near. */
export function shortenMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = cutHead(text, Math.floor(maxLength * headShare));
  const tail = cutTail(text, Math.max(0, maxLength - head.length));
  const leftOut = text.length - head.length - tail.length;
  const mark = `[${leftOut} characters in the middle of this answer are left out.]`;
  const isFenceOpen = (head.match(/^ {0,3}```/gmu) ?? []).length % 2 === 1;
  return isFenceOpen
    ? `${head}\n\`\`\`\n\n${mark}\n\n\`\`\`\n${tail}`
    : `${head}\n\n${mark}\n\n${tail}`;
}

/** A line break is taken if it is within this part of the end. */
const nearby = 0.25;

function cutHead(text: string, length: number): string {
  const line = text.lastIndexOf('\n', length);
  const end = line >= length * (1 - nearby) ? line : length;
  return text.slice(0, isHighSurrogate(text, end - 1) ? end - 1 : end);
}

function cutTail(text: string, length: number): string {
  const start = text.length - length;
  const line = text.indexOf('\n', start);
  const from = line >= 0 && line <= start + length * nearby ? line + 1 : start;
  return text.slice(isHighSurrogate(text, from - 1) ? from + 1 : from);
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}
