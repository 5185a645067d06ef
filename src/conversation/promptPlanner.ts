import type { ContextUsage } from '../shared/composerState';
import type { AssistantTurn, Failure, Turn, UserTurn } from '../shared/turn';
import type { Recovery } from './answerRun';
import {
  type ModelTarget,
  type ContextBudget,
  messageWeight,
  promptWeight,
  textWeight,
} from './contextBudget';
import { askToContinue, continuingMessages } from './continuation';
import type { PromptMessage } from './ports';
import { getContent, promptMessages } from './prompt';

/** What one answer is asked with, and how that changes when the server refuses it. */
export interface PromptPlan {
  messages(): readonly PromptMessage[];
  /** How many of the oldest turns are left out from this answer on; absent where nothing changed. */
  readonly turnsLeftOut?: number;
  /** What was changed for a second try; undefined when the refusal stands. */
  recover(failure: Failure): Recovery | undefined;
}

/** Who is asked, and with what before all turns. */
export interface PromptTarget extends ModelTarget {
  readonly systemPrompt: string;
}

/** Plans the prompts of one conversation. It remembers where the conversation was cut to fit. */
export class PromptPlanner {
  readonly #budget: ContextBudget;
  /** The weight of each turn, with the length it was taken of. */
  readonly #weights = new Map<string, readonly [length: number, weight: number]>();
  /** The first turn that is still sent, once earlier ones no longer fitted. */
  #firstSent: string | undefined;

  constructor(budget: ContextBudget) {
    this.#budget = budget;
  }

  /** For an answer to the last of `asked`. */
  plan(planned: PromptTarget, asked: readonly Turn[]): PromptPlan {
    const cut = this.#cutToFit(planned, asked);
    const messages = (): readonly PromptMessage[] =>
      promptMessages(planned.systemPrompt, this.#fitting(asked));
    return {
      ...cut,
      messages,
      recover: (failure) => this.#dropTurns(planned, asked, messages(), failure),
    };
  }

  /** For going on with `answer`, which was given to the last of `asked`. */
  planContinuation(
    planned: PromptTarget,
    asked: readonly Turn[],
    answer: AssistantTurn,
  ): PromptPlan {
    let inWords = false;
    const messages = (): readonly PromptMessage[] => {
      const form = inWords ? askToContinue : continuingMessages;
      return form(planned.systemPrompt, this.#fitting(asked), answer);
    };
    return {
      messages,
      recover: (failure) => {
        const dropped = this.#dropTurns(planned, asked, messages(), failure);
        if (dropped || inWords || !refusesForm(failure)) return dropped;
        inWords = true;
        return {};
      },
    };
  }

  /** What `draft`, said after `before`, would send; nothing is decided by looking. */
  preview(
    planned: PromptTarget,
    before: readonly Turn[],
    draft: UserTurn,
  ): Omit<ContextUsage, 'excluded'> {
    const { model } = planned;
    const asked = [...before, draft];
    const sent = this.#fitting(asked);
    const costs = this.#costs(planned, sent);
    const limit = this.#budget.getLimit(planned);
    const answerBudget = getAnswerBudget(limit.tokens);
    const drop = turnsToDrop(sent, costs, limit.tokens - answerBudget);
    const own = costs.turns.at(-1) ?? 0;
    const words = this.#budget.estimateTokens(model, textWeight(draft.text));
    const history = sum(costs.turns.slice(drop, -1));
    return {
      limit,
      system: costs.fixed,
      history,
      attachments: draft.attachments ? Math.max(0, own - words) : 0,
      draft: draft.attachments ? Math.min(own, words) : own,
      answerBudget,
      leftOut: asked.length - sent.length + drop,
      isTooLong: costs.fixed + history + own > limit.tokens,
    };
  }

  #fitting(turns: readonly Turn[]): readonly Turn[] {
    const first = turns.findIndex(({ id }) => id === this.#firstSent);
    return first > 0 ? turns.slice(first) : turns;
  }

  #cutToFit(planned: PromptTarget, asked: readonly Turn[]): { readonly turnsLeftOut?: number } {
    const sent = this.#fitting(asked);
    const { tokens } = this.#budget.getLimit(planned);
    const drop = turnsToDrop(sent, this.#costs(planned, sent), tokens - getAnswerBudget(tokens));
    return drop === 0 ? {} : this.#leaveOut(asked, sent, drop);
  }

  #dropTurns(
    planned: PromptTarget,
    asked: readonly Turn[],
    messages: readonly PromptMessage[],
    { kind, promptTokens, contextLength }: Failure,
  ): Recovery | undefined {
    if (kind !== 'contextOverflow') return undefined;
    if (promptTokens === undefined || contextLength === undefined) return undefined;
    const sent = this.#fitting(asked);
    const factor =
      promptTokens / this.#budget.estimateTokens(planned.model, promptWeight(messages));
    const { fixed, turns } = this.#costs(planned, sent);
    const exact = { fixed: fixed * factor, turns: turns.map((cost) => cost * factor) };
    this.#budget.learnFromRefusal(planned, messages, { promptTokens, contextLength });
    const drop = turnsToDrop(sent, exact, contextLength);
    return drop === 0 ? undefined : this.#leaveOut(asked, sent, drop);
  }

  #leaveOut(
    asked: readonly Turn[],
    sent: readonly Turn[],
    drop: number,
  ): { readonly turnsLeftOut: number } {
    this.#firstSent = sent[drop]?.id;
    return { turnsLeftOut: asked.length - sent.length + drop };
  }

  #costs({ model, systemPrompt }: PromptTarget, turns: readonly Turn[]): Costs {
    const tokens = (weight: number): number => this.#budget.estimateTokens(model, weight);
    return {
      fixed: systemPrompt.trim() === '' ? 0 : tokens(messageWeight(systemPrompt.trim())),
      turns: turns.map((turn) => (isEmpty(turn) ? 0 : tokens(this.#weightOf(turn)))),
    };
  }

  /** Counted once: a long conversation is planned anew at each pause in typing. */
  #weightOf(turn: Turn): number {
    const known = this.#weights.get(turn.id);
    if (known?.[0] === turn.text.length) return known[1];
    const weight = messageWeight(getContent(turn));
    // What is being written has no id yet, and changes.
    if (turn.id !== '') this.#weights.set(turn.id, [turn.text.length, weight]);
    return weight;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The server understood the request and does not want it so: templates can refuse a form. */
function refusesForm({ kind, status }: Failure): boolean {
  return kind === 'server' && (status === 400 || status === 500);
}

/** A message of which nothing is written yet can have something attached already. */
function isEmpty(turn: Turn): boolean {
  return turn.text === '' && (turn.role === 'assistant' || !turn.attachments?.length);
}

/**
 * How much of the context is filled again after an overflow. Dropping one turn at each send would
 * change the front of the prompt each time, and the server would read everything anew.
 */
const refill = 0.6;

/** Kept free for the answer: a quarter of a small context, and never more than this. */
const maxAnswerBudget = 1024;

/** Tokens of a context of this length that are kept for the answer. */
export function getAnswerBudget(contextLength: number): number {
  return Math.min(maxAnswerBudget, Math.floor(contextLength / 4));
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
