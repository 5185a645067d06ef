import type { ContextUsage } from '../shared/composerState';
import { defined } from '../shared/defined';
import type { AssistantTurn, Failure, Turn, UserTurn } from '../shared/turn';
import {
  type ContextBudget,
  messageWeight,
  type ModelTarget,
  promptWeight,
  textWeight,
} from './contextBudget';
import { continueInWords, continueMessages } from './continuation';
import type { PromptMessage, Recovery } from './ports';
import { getContent, promptMessages } from './prompt';

/** The model that is asked, with the system prompt that goes before all turns. */
export interface PromptTarget extends ModelTarget {
  readonly systemPrompt: string;
}

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
}

/** Estimated tokens of each turn, in the order of the turns, and of what is sent with any of them. */
export interface Costs {
  readonly turns: readonly number[];
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

/** After a cut, this part of the budget is filled again: a cut at every message would defeat the prefix cache. */
const refill = 0.6;

/** Kept free for the answer: a quarter of a small context, and never more than this. */
const maxAnswerBudget = 1024;

/** Tokens of a context of `contextLength` tokens that are kept free for the answer. */
export function getAnswerBudget(contextLength: number): number {
  return Math.min(maxAnswerBudget, Math.floor(contextLength / 4));
}

/**
 * The index of the first turn that is sent: a pure function, computed for every prompt, so that turns
 * are sent again when the limit grows. The last cut stays if it was made for the same model and limit and what
 * follows it fits. Otherwise everything is sent if it fits, else the newest whole exchanges that fill 60 % of
 * the budget. The last turn is always sent, with everything attached to it.
 */
export function findFirstSent({ model, turns, costs, limit, lastCut }: CutInput): number {
  const budget = limit - getAnswerBudget(limit);
  const isSame = lastCut?.model === model && lastCut.limit === limit;
  const last = isSame ? turns.findIndex(({ id }) => id === lastCut.firstTurnId) : 0;
  const kept = Math.max(0, last);
  if (costs.fixed + sum(costs.turns.slice(kept)) <= budget) return kept;
  let total = costs.fixed + sum(costs.turns);
  let first = 0;
  for (const [index, turn] of turns.slice(0, -1).entries()) {
    if (total <= refill * budget && turn.role === 'user') break;
    total -= costs.turns[index] ?? 0;
    first = index + 1;
  }
  return first;
}

/** The prompt of one answer, and how it changes when the server refuses it. Deciding nothing for later prompts. */
export interface PromptPlan {
  messages(): readonly PromptMessage[];
  /** How many of the oldest turns are left out, where that is another number than at the last prompt. */
  readonly turnsLeftOut?: number;
  /** Where it is cut now, to be remembered once the model has accepted it; undefined: nowhere. */
  cut(): ContextCut | undefined;
  /** What was changed for a second try. Undefined if the refusal is final. */
  recover(failure: Failure): Recovery | undefined;
  /** For a continuation whose template made the model begin again. */
  askInWords(): void;
}

/** Turns conversations into prompts. It keeps nothing but the weights of turns it has counted. */
export class PromptPlanner {
  readonly #budget: ContextBudget;
  /** The weight of each turn, with the length of the text it was computed for. */
  readonly #weights = new Map<string, readonly [length: number, weight: number]>();

  constructor(budget: ContextBudget) {
    this.#budget = budget;
  }

  /** For an answer to the last of `turns`. */
  plan(target: PromptTarget, turns: readonly Turn[], lastCut?: ContextCut): PromptPlan {
    const { systemPrompt } = target;
    return this.#createPlan(target, turns, lastCut, [(sent) => promptMessages(systemPrompt, sent)]);
  }

  /**
   * For continuing `answer`, which was given to the last of `turns`. The partial answer is a fixed cost. A
   * server that refuses an answer as the last message is asked in words instead.
   */
  planContinuation(
    target: PromptTarget,
    turns: readonly Turn[],
    answer: AssistantTurn,
    lastCut?: ContextCut,
  ): PromptPlan {
    const { systemPrompt } = target;
    return this.#createPlan(target, turns, lastCut, [
      (sent) => continueMessages(systemPrompt, sent, answer),
      (sent) => continueInWords(systemPrompt, sent, answer),
    ]);
  }

  /** What sending `draft` after `before` would take of the context. */
  preview(
    target: PromptTarget,
    before: readonly Turn[],
    draft: UserTurn,
    lastCut?: ContextCut,
  ): Omit<ContextUsage, 'excluded'> {
    const turns = [...before, draft];
    const limit = this.#budget.getLimit(target);
    const costs = this.#getCosts(target, turns, 0);
    const first = findFirstSent({ ...target, turns, costs, limit: limit.tokens, lastCut });
    const own = costs.turns.at(-1) ?? 0;
    const text = this.#budget.estimateTokens(target.model, textWeight(draft.text));
    const history = sum(costs.turns.slice(first, -1));
    return {
      limit,
      system: costs.fixed,
      history,
      attachments: draft.attachments ? Math.max(0, own - text) : 0,
      draft: draft.attachments ? Math.min(own, text) : own,
      answerBudget: getAnswerBudget(limit.tokens),
      leftOut: first,
      isTooLong: costs.fixed + history + own > limit.tokens,
    };
  }

  /** @param forms how the turns become messages: the first form, and those to try when it is refused */
  #createPlan(
    target: PromptTarget,
    turns: readonly Turn[],
    lastCut: ContextCut | undefined,
    forms: readonly [PromptForm, ...PromptForm[]],
  ): PromptPlan {
    const { model } = target;
    let [form] = forms;
    let limit = this.#budget.getLimit(target).tokens;
    const findFirst = (factor: number, cut: ContextCut | undefined): number => {
      const extra = promptWeight(form([])) - promptWeight(promptMessages(target.systemPrompt, []));
      const { fixed, turns: each } = this.#getCosts(target, turns, extra);
      const costs = { fixed: fixed * factor, turns: each.map((cost) => cost * factor) };
      return findFirstSent({ model, turns, costs, limit, lastCut: cut });
    };
    let first = findFirst(1, lastCut);
    const messages = (): readonly PromptMessage[] => form(turns.slice(first));
    const dropMore = (failure: Failure): Recovery | undefined => {
      const { promptTokens, contextLength } = failure;
      if (promptTokens === undefined || contextLength === undefined) return undefined;
      const sent = messages();
      this.#budget.learnFromRefusal(target, sent, { promptTokens, contextLength });
      const factor = promptTokens / this.#budget.estimateTokens(model, promptWeight(sent));
      limit = contextLength;
      const next = findFirst(factor, undefined);
      if (next <= first) return undefined;
      first = next;
      return { turnsLeftOut: first };
    };
    const changeForm = (): boolean => {
      const next = forms[forms.indexOf(form) + 1];
      if (!next) return false;
      form = next;
      first = Math.max(first, findFirst(1, lastCut));
      return true;
    };
    const start = Math.max(
      0,
      turns.findIndex(({ id }) => id === lastCut?.firstTurnId),
    );
    return {
      ...defined({ turnsLeftOut: first === start || first === 0 ? undefined : first }),
      messages,
      cut: () => toCut(model, limit, first, turns[first]),
      recover: (failure) => {
        if (failure.kind === 'contextOverflow') return dropMore(failure);
        return isFormRefused(failure) && changeForm() ? {} : undefined;
      },
      askInWords: () => void changeForm(),
    };
  }

  #getCosts(
    { model, systemPrompt }: PromptTarget,
    turns: readonly Turn[],
    extraWeight: number,
  ): Costs {
    const estimate = (weight: number): number => this.#budget.estimateTokens(model, weight);
    const system = systemPrompt.trim();
    return {
      fixed: estimate((system === '' ? 0 : messageWeight(system)) + extraWeight),
      turns: turns.map((turn) => (isEmpty(turn) ? 0 : estimate(this.#getWeight(turn)))),
    };
  }

  /** Counted once: a long conversation is planned again at each pause in typing. */
  #getWeight(turn: Turn): number {
    const known = this.#weights.get(turn.id);
    if (known?.[0] === turn.text.length) return known[1];
    const weight = messageWeight(getContent(turn));
    // The draft has no id yet, and changes.
    if (turn.id !== '') this.#weights.set(turn.id, [turn.text.length, weight]);
    return weight;
  }
}

type PromptForm = (sent: readonly Turn[]) => readonly PromptMessage[];

function toCut(
  model: string,
  limit: number,
  first: number,
  turn: Turn | undefined,
): ContextCut | undefined {
  return first === 0 || !turn ? undefined : { model, limit, firstTurnId: turn.id };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The server understood the request and refuses its form, as some chat templates do. */
function isFormRefused({ kind, status }: Failure): boolean {
  return kind === 'server' && (status === 400 || status === 500);
}

/** A draft without text can already have attachments. */
function isEmpty(turn: Turn): boolean {
  return turn.text === '' && (turn.role === 'assistant' || !turn.attachments?.length);
}
