import { defined } from '../shared/defined';
import type { AssistantTurn, ContextChange, PromptNotes, Turn, UserTurn } from '../shared/turn';
import { messageWeight } from './calibration';
import type { ContextBudget, ModelTarget } from './contextBudget';
import { type ContextCut, type Costs, type Selection, shortenMiddle } from './contextCut';
import { getAnswerBudget } from './contextLength';
import { getContent } from './prompt';
import { addWeights, noWeight, type TextWeight } from './tokenEstimate';

/** The model that is asked, with the system prompt that goes before all turns. */
export interface PromptTarget extends ModelTarget {
  readonly systemPrompt: string;
}

/** Weights of each turn, in their order, and of what is sent with any of them. */
export interface TurnWeights {
  readonly fixed: TextWeight;
  readonly turns: readonly Pick<CountedTurn, 'whole' | 'bare'>[];
}

interface CountedTurn {
  /** Of the text. */
  readonly length: number;
  readonly whole: TextWeight;
  /** Without attachments. */
  readonly bare: TextWeight;
}

const nothing = { whole: noWeight, bare: noWeight };

/** Weighs turns, and shortens them. It keeps nothing but the weights of turns it has counted. */
export class TurnWeigher {
  readonly #budget: ContextBudget;
  readonly #counted = new Map<string, CountedTurn>();
  /** The last answer that was shortened, which is needed several times for each prompt. */
  #shortened:
    { readonly from: AssistantTurn; readonly maxTokens: number; readonly text: string } | undefined;

  constructor(budget: ContextBudget) {
    this.#budget = budget;
  }

  /** @param extra sent with any of the turns, besides the system prompt */
  weigh({ systemPrompt }: PromptTarget, turns: readonly Turn[], extra = noWeight): TurnWeights {
    const system = systemPrompt.trim();
    return {
      fixed: addWeights([system === '' ? noWeight : messageWeight(system), extra]),
      turns: turns.map((turn) => (isEmpty(turn) ? nothing : this.#weighTurn(turn))),
    };
  }

  /** @param factor by which a refused prompt was longer than its estimate */
  getCosts(model: string, { fixed, turns }: TurnWeights, factor = 1): Costs {
    const estimate = (weight: TextWeight): number =>
      factor * this.#budget.estimateTokens(model, weight);
    return {
      fixed: estimate(fixed),
      turns: turns.map(({ whole }) => estimate(whole)),
      bare: turns.map(({ bare }) => estimate(bare)),
    };
  }

  /** Longer contexts, if not everything fits next to an answer. */
  findGrowth(
    target: PromptTarget,
    { fixed, turns }: TurnWeights,
  ): { readonly raise?: ContextChange; readonly offer?: ContextChange } {
    const limit = this.#budget.getLimit(target).tokens;
    const all = addWeights([fixed, ...turns.map(({ whole }) => whole)]);
    const tokens = this.#budget.estimateTokens(target.model, all);
    if (tokens + getAnswerBudget(limit) <= limit) return {};
    return this.#budget.findGrowth(target, this.#budget.estimateAtMost(target.model, all));
  }

  /** The turns as they are sent. */
  apply(model: string, turns: readonly Turn[], selection: Selection): readonly Turn[] {
    const { first, shortened, withoutAttachments } = selection;
    return turns.slice(first).map((turn) => {
      if (turn.role === 'user') return turn.id === withoutAttachments ? withoutFiles(turn) : turn;
      return turn.id === shortened?.turnId ? this.#shorten(model, turn, shortened.share) : turn;
    });
  }

  /** The answer without its middle, so that it takes about that share of its tokens. */
  #shorten(model: string, turn: AssistantTurn, share: number): AssistantTurn {
    const estimate = (text: string): number =>
      this.#budget.estimateTokens(model, messageWeight(text));
    const maxTokens = share * this.#budget.estimateTokens(model, this.#weighTurn(turn).whole);
    const known = this.#shortened;
    if (known?.from === turn && known.maxTokens === maxTokens) return { ...turn, text: known.text };
    let length = Math.floor(share * turn.text.length);
    let text = shortenMiddle(turn.text, length);
    // The parts that are left may have more tokens for their length than the whole.
    while (length > 0 && estimate(text) > maxTokens) {
      length = Math.max(0, Math.floor(length * 0.95) - 8);
      text = shortenMiddle(turn.text, length);
    }
    // What was learned meanwhile may have made the answer shorter than the note about what is left out.
    if (estimate(text) > maxTokens) text = '';
    this.#shortened = { from: turn, maxTokens, text };
    return { ...turn, text };
  }

  /** Counted once: a long conversation is planned again at each pause in typing. */
  #weighTurn(turn: Turn): CountedTurn {
    const known = this.#counted.get(turn.id);
    if (known?.length === turn.text.length) return known;
    const whole = messageWeight(getContent(turn));
    const hasFiles = turn.role === 'user' && turn.attachments !== undefined;
    const bare = hasFiles ? messageWeight(withoutFiles(turn).text) : whole;
    const counted = { length: turn.text.length, whole, bare };
    // The draft has no id yet, and changes.
    if (turn.id !== '') this.#counted.set(turn.id, counted);
    return counted;
  }
}

export function toCut(
  model: string,
  limit: number,
  { first, ...reductions }: Selection,
  turns: readonly Turn[],
): ContextCut | undefined {
  const turn = turns[first];
  const isWhole = first === 0 && Object.keys(reductions).length === 0;
  return isWhole || !turn ? undefined : { model, limit, firstTurnId: turn.id, ...reductions };
}

export function describeSelection(
  { first, shortened, withoutAttachments }: Selection,
  turns: readonly Turn[],
): PromptNotes {
  const bare = turns.find(({ id }) => id === withoutAttachments);
  const attachments = bare?.role === 'user' ? (bare.attachments?.length ?? 0) : 0;
  return defined({
    turnsLeftOut: first > 0 ? first : undefined,
    wasAnswerShortened: shortened ? true : undefined,
    attachmentsLeftOut: attachments > 0 ? attachments : undefined,
  });
}

/** Says so to the model, which would otherwise take the question for one about nothing. */
function withoutFiles({ attachments = [], ...turn }: UserTurn): UserTurn {
  const names = attachments.map(({ label }) => label).join(', ');
  return { ...turn, text: `(Attachments left out here: ${names})\n\n${turn.text}` };
}

/** A draft without text can already have attachments. */
function isEmpty(turn: Turn): boolean {
  return turn.text === '' && (turn.role === 'assistant' || !turn.attachments?.length);
}
