import type { ContextUsage } from '../shared/composerState';
import { defined } from '../shared/defined';
import type { AssistantTurn, Turn, UserTurn } from '../shared/turn';
import type { ContextBudget } from './contextBudget';
import { type ContextCut, selectTurns } from './contextCut';
import { getAnswerBudget } from './contextLength';
import { continueInWords, continueMessages } from './continuation';
import { promptMessages } from './prompt';
import { type PromptForm, PromptPlan } from './promptPlan';
import { weighText } from './tokenEstimate';
import { describeSelection, type PromptTarget, TurnWeigher } from './turnWeights';

/** Turns conversations into prompts. */
export class PromptPlanner {
  readonly #budget: ContextBudget;
  readonly #weigher: TurnWeigher;

  constructor(budget: ContextBudget) {
    this.#budget = budget;
    this.#weigher = new TurnWeigher(budget);
  }

  /** For an answer to the last of `turns`. */
  plan(target: PromptTarget, turns: readonly Turn[], lastCut?: ContextCut): PromptPlan {
    return this.#createPlan(target, turns, lastCut, [
      (sent) => promptMessages(target.systemPrompt, sent),
    ]);
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
    const { model } = target;
    const turns = [...before, draft];
    const weights = this.#weigher.weigh(target, turns);
    const { raise, offer } = this.#weigher.findGrowth(target, weights);
    const own = this.#budget.getLimit(target);
    const limit = raise ? { ...own, tokens: raise.to } : own;
    const costs = this.#weigher.getCosts(model, weights);
    const selection = selectTurns({ model, turns, costs, limit: limit.tokens, lastCut });
    const { wasAnswerShortened, attachmentsLeftOut } = describeSelection(selection, turns);
    const message = costs.turns.at(-1) ?? 0;
    const text = this.#budget.estimateTokens(model, weighText(draft.text));
    return defined({
      limit,
      system: costs.fixed,
      history: costs.turns.slice(0, -1).reduce((total, each) => total + each, 0),
      attachments: draft.attachments ? Math.max(0, message - text) : 0,
      draft: draft.attachments ? Math.min(message, text) : message,
      answerBudget: getAnswerBudget(limit.tokens),
      leftOut: selection.first,
      isAnswerShortened: wasAnswerShortened === true,
      attachmentsLeftOut: attachmentsLeftOut ?? 0,
      isTooLong: costs.fixed + message > limit.tokens,
      raise,
      offer,
    });
  }

  #createPlan(
    target: PromptTarget,
    turns: readonly Turn[],
    lastCut: ContextCut | undefined,
    forms: readonly [PromptForm, ...PromptForm[]],
  ): PromptPlan {
    const { budget, weigher } = { budget: this.#budget, weigher: this.#weigher };
    return new PromptPlan({ budget, weigher, target, turns, lastCut, forms });
  }
}
