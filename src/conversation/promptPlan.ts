import { defined } from '../shared/defined';
import type { ContextChange, Failure, PromptNotes, Turn } from '../shared/turn';
import { promptWeight } from './calibration';
import type { ContextBudget } from './contextBudget';
import { type ContextCut, countTokens, selectTurns, type Selection } from './contextCut';
import type { PromptMessage, RequestProfile } from './ports';
import { promptMessages } from './prompt';
import { addWeights, noWeight, type TextKind, textKinds, type TextWeight } from './tokenEstimate';
import {
  describeSelection,
  type PromptTarget,
  toCut,
  type TurnWeigher,
  type TurnWeights,
} from './turnWeights';

/** How turns become messages. */
export type PromptForm = (sent: readonly Turn[]) => readonly PromptMessage[];

export interface PromptPlanOptions {
  readonly budget: ContextBudget;
  readonly weigher: TurnWeigher;
  readonly target: PromptTarget;
  /** Oldest first, ending with the user's turn that is answered. */
  readonly turns: readonly Turn[];
  readonly lastCut: ContextCut | undefined;
  /** The first form, and those to try when it is refused. */
  readonly forms: readonly [PromptForm, ...PromptForm[]];
}

/** Of a window for which a server refused a prompt without counting it, this part is used. */
const uncountedPart = 0.8;

/**
 * The prompt of one answer, and how it changes when the server refuses it. It decides nothing for later prompts
 * until it is committed.
 */
export class PromptPlan {
  readonly #options: PromptPlanOptions;
  #form: PromptForm;
  #limit: number;
  #selection: Selection;
  #raised: ContextChange | undefined;
  #steppedBack: ContextChange | undefined;
  #wasUncounted = false;

  constructor(options: PromptPlanOptions) {
    const { budget, weigher, target, forms, lastCut } = options;
    this.#options = options;
    [this.#form] = forms;
    this.#raised = weigher.findGrowth(target, this.#weigh()).raise;
    this.#limit = this.#raised?.to ?? budget.getLimit(target).tokens;
    this.#selection = this.#select(1, lastCut);
  }

  messages(): readonly PromptMessage[] {
    return this.#createMessages(this.#selection);
  }

  /** With the context length that this prompt needs. */
  get profile(): RequestProfile {
    const { budget, target } = this.#options;
    const { contextLength, ...profile } = budget.withLength(target);
    return defined({ ...profile, contextLength: this.#raised?.to ?? contextLength });
  }

  /** What is not as the user may expect. */
  get notes(): PromptNotes {
    const { weigher, target, turns, lastCut } = this.#options;
    const { turnsLeftOut, ...notes } = describeSelection(this.#selection, turns);
    const before = turns.findIndex(({ id }) => id === lastCut?.firstTurnId);
    const isNew = this.#selection.first !== Math.max(0, before);
    const { offer } = this.cut ? weigher.findGrowth(target, this.#weigh()) : {};
    return defined({
      ...notes,
      turnsLeftOut: isNew ? turnsLeftOut : undefined,
      tokensLeftOut: this.cut && this.#countLeftOut(),
      raised: this.#raised,
      offered: offer,
      steppedBack: this.#steppedBack,
    });
  }

  /** Where it is cut now, to be remembered once the model has accepted it; undefined: nowhere. */
  get cut(): ContextCut | undefined {
    const { target, turns } = this.#options;
    return toCut(target.model, this.#limit, this.#selection, turns);
  }

  /** The request is about to be sent: the other features use its context length, too. */
  commit(): void {
    const { budget, target } = this.#options;
    if (this.#raised) budget.useLength(target.model, this.#raised.to);
  }

  /** Whether something was changed for another try. If not, the refusal is final. */
  recover(failure: Failure): boolean {
    if (failure.kind === 'contextOverflow') return this.#leaveOut(failure);
    if (isMemoryFailure(failure)) return this.#stepBack();
    return isFormRefused(failure) && this.askInWords();
  }

  /** For a continuation whose template made the model begin again. False: that was tried already. */
  askInWords(): boolean {
    const { forms, lastCut } = this.#options;
    const next = forms[forms.indexOf(this.#form) + 1];
    if (!next) return false;
    this.#form = next;
    const selection = this.#select(1, lastCut);
    if (selection.first >= this.#selection.first) this.#selection = selection;
    return true;
  }

  #leaveOut({ promptTokens, contextLength }: Failure): boolean {
    return promptTokens === undefined || contextLength === undefined
      ? this.#leaveOutUncounted(contextLength)
      : this.#useExactCounts(promptTokens, contextLength);
  }

  /** A server that does not say by how much the prompt is too long gets one that is well below its window, once. */
  #leaveOutUncounted(contextLength: number | undefined): boolean {
    const { budget, target } = this.#options;
    if (contextLength !== undefined) {
      budget.learnFromRefusal(target, this.messages(), { contextLength });
      this.#limit = contextLength;
    }
    if (this.#wasUncounted || budget.getLimit(target).source === 'unknown') return false;
    this.#wasUncounted = true;
    // It has more tokens than the window, whatever the estimate says.
    const factor = Math.max(1, this.#limit / this.#estimate());
    return this.#shorten(this.#select(factor, undefined, this.#limit * uncountedPart));
  }

  /** Takes a longer context, or leaves out what the counts require. */
  #useExactCounts(promptTokens: number, contextLength: number): boolean {
    const { budget, target, lastCut } = this.#options;
    const sent = this.messages();
    const factor = promptTokens / this.#estimate();
    const needed = budget.estimateTokens(target.model, this.#weighAll()) * factor;
    budget.learnFromRefusal(target, sent, { promptTokens, contextLength });
    this.#limit = contextLength;
    const { raise } = this.#raised ? {} : budget.findGrowth(target, needed);
    if (raise) {
      this.#raised = raise;
      this.#limit = raise.to;
      this.#selection = this.#select(1, lastCut);
      return true;
    }
    return this.#shorten(this.#select(factor, undefined));
  }

  #shorten(next: Selection): boolean {
    const isShorter =
      countCharacters(this.#createMessages(next)) < countCharacters(this.messages());
    if (isShorter) this.#selection = next;
    return isShorter;
  }

  /** Tokens of what is sent, at least 1. */
  #estimate(): number {
    const { budget, target } = this.#options;
    return Math.max(1, budget.estimateTokens(target.model, promptWeight(this.messages())));
  }

  /** The context was raised for this prompt, and the server had no memory for it. */
  #stepBack(): boolean {
    const { budget, target, lastCut } = this.#options;
    const raised = this.#raised;
    if (!raised) return false;
    budget.stepBack(target.model, raised);
    this.#steppedBack = raised;
    this.#raised = undefined;
    this.#limit = budget.getLimit(target).tokens;
    this.#selection = this.#select(1, lastCut);
    return true;
  }

  #select(factor: number, lastCut: ContextCut | undefined, limit = this.#limit): Selection {
    const { weigher, target, turns } = this.#options;
    const { model } = target;
    const costs = weigher.getCosts(model, this.#weigh(), factor);
    return selectTurns({ model, turns, costs, limit, lastCut });
  }

  #countLeftOut(): number {
    const { weigher, target, turns } = this.#options;
    const costs = weigher.getCosts(target.model, this.#weigh());
    const sent = countTokens({ turns, costs }, this.#selection);
    return Math.round(countTokens({ turns, costs }, { first: 0 }) - sent);
  }

  #createMessages(selection: Selection): readonly PromptMessage[] {
    const { weigher, target, turns } = this.#options;
    return this.#form(weigher.apply(target.model, turns, selection));
  }

  #weigh(): TurnWeights {
    const { weigher, target, turns } = this.#options;
    const empty = promptWeight(promptMessages(target.systemPrompt, []));
    return weigher.weigh(target, turns, subtract(promptWeight(this.#form([])), empty));
  }

  /** Of all turns, whether they are sent or not. */
  #weighAll(): TextWeight {
    const { fixed, turns } = this.#weigh();
    return addWeights([fixed, ...turns.map(({ whole }) => whole)]);
  }
}

function subtract(one: TextWeight, other: TextWeight): TextWeight {
  const rest: Record<TextKind, number> = { ...noWeight };
  for (const kind of textKinds) rest[kind] = one[kind] - other[kind];
  return rest;
}

function countCharacters(messages: readonly PromptMessage[]): number {
  return messages.reduce((total, { content }) => total + content.length, 0);
}

/** The server had too little memory for the context, or its process was ended for that. */
function isMemoryFailure({ kind }: Failure): boolean {
  return kind === 'outOfMemory' || kind === 'modelCrashed';
}

/** The server understood the request and refuses its form, as some chat templates do. */
function isFormRefused({ kind, status }: Failure): boolean {
  return kind === 'server' && (status === 400 || status === 500);
}
