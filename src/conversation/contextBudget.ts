import type { ContextLimit } from '../shared/composerState';
import { defined } from '../shared/defined';
import { Emitter, type ErrorLog } from '../shared/emitter';
import type { ContextChange, Failure, Metrics } from '../shared/turn';
import { estimate, type Factors, learn, promptWeight } from './calibration';
import { findLongerContext, type LengthLimits, type ModelContext } from './contextLength';
import { findAffordableLength, findContextBytes } from './memoryEstimate';
import type { PromptMessage, RequestProfile } from './ports';
import type { TextWeight } from './tokenEstimate';

/** Assumed while nothing is known of the server (Ollama's own default since 0.6.7). */
const defaultContextLength = 4096;
/** No prompt is cut for a length that is not known: such a server refuses what is too long. */
const unknownContextLength = 2 ** 30;

/** Below these parts of the estimate the server cannot have read the whole prompt. */
const truncatedBelow = { calibrated: 0.55, guessed: 0.4 };
/** Half of the smallest context length in use. */
const minTruncatedTokens = 256;

/** An estimate is taken for as long as it is, with a probability of about 10 % that it is longer. */
const margin = 1.3;

/** What is known of one model on one server; stored, so that it outlives the window. */
export interface KnownModel {
  /** Of its tokenizer. */
  readonly factors?: Factors;
  /** Tokens of context that the server allocated for it, by the requested `num_ctx`. */
  readonly allocated?: Readonly<Record<string, number>>;
  /** What the server last reported of its context. */
  readonly context?: ModelContext;
  /** Tokens of context that automatic requests ask for; absent: the server's own length. */
  readonly step?: number;
  /** The step before that one. */
  readonly stepBefore?: number;
  /** The server ran out of memory at this length. */
  readonly refused?: number;
  /** The user has undone a longer context: it is not raised above this without asking. */
  readonly held?: number;
}

export interface ContextBudgetDependencies {
  readonly logger: ErrorLog;
  readonly known: (model: string) => KnownModel | undefined;
  readonly remember: (model: string, known: KnownModel) => void;
  /** What the server says of the model's context now. Loads nothing and never rejects. */
  readonly contextOf: (model: string) => Promise<ModelContext>;
  /** Bytes of memory of the server's machine; undefined: not known. */
  readonly memoryBytes: () => number | undefined;
}

/** A model, and the profile of every request to it. */
export interface ModelTarget {
  readonly model: string;
  readonly profile: RequestProfile;
}

/** How a prompt's context length can become longer. */
export interface Growth {
  /** Without asking, for this request. */
  readonly raise?: ContextChange;
  /** Only if the user says so. */
  readonly offer?: ContextChange;
}

/**
 * The context length of each model, and an estimate of the tokens that a prompt takes. Both get better with
 * each answer and each refusal. Every feature gets the length of its requests here, so that all send the same one:
 * another one would make the server reload the model.
 */
export class ContextBudget {
  readonly #deps: ContextBudgetDependencies;
  readonly #changed: Emitter<undefined>;

  constructor(deps: ContextBudgetDependencies) {
    this.#deps = deps;
    this.#changed = new Emitter(deps.logger);
  }

  /** Called when a limit or an estimate changes; the returned function unsubscribes. */
  onChanged(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** The profile with the context length that is asked for now. */
  withLength({ model, profile }: ModelTarget): RequestProfile {
    if (profile.automatic === undefined || this.#get(model).context?.isFixed) return profile;
    const { step } = this.#get(model);
    return defined({ ...profile, contextLength: step });
  }

  getLimit(target: ModelTarget): ContextLimit {
    const { allocated, context = {} } = this.#get(target.model);
    const { contextLength } = this.withLength(target);
    const actual = allocated?.[getLengthKey(contextLength)];
    const cap = (tokens: number): number => Math.min(tokens, context.maximum ?? tokens);
    if (actual !== undefined) return { tokens: actual, source: 'allocated' };
    if (context.isFixed && context.maximum !== undefined)
      return { tokens: context.maximum, source: 'model' };
    if (contextLength !== undefined) return { tokens: cap(contextLength), source: 'configured' };
    if (context.isFixed) return { tokens: unknownContextLength, source: 'unknown' };
    return context.configured === undefined
      ? { tokens: cap(defaultContextLength), source: 'assumed' }
      : { tokens: cap(context.configured), source: 'model' };
  }

  /** About how many tokens of the model a weight is. */
  estimateTokens(model: string, weight: TextWeight): number {
    return estimate(this.#get(model).factors ?? {}, weight).tokens;
  }

  /** Tokens that a weight hardly exceeds. */
  estimateAtMost(model: string, weight: TextWeight): number {
    const { tokens, deviation } = estimate(this.#get(model).factors ?? {}, weight);
    return Math.ceil(tokens + margin * deviation);
  }

  /** How the context can become longer for a prompt that takes `needed` tokens, without the answer. */
  findGrowth(target: ModelTarget, needed: number): Growth {
    const { model, profile } = target;
    const { context = {}, held, refused, step } = this.#get(model);
    const current = this.getLimit(target).tokens;
    // A server that gives less than was asked for gives no more when asked again.
    if (context.isFixed || (step !== undefined && current < step)) return {};
    const limits: LengthLimits = {
      current,
      maximum: context.maximum,
      affordable: findAffordableLength(context, this.#deps.memoryBytes()),
      refused,
    };
    const longer = findLongerContext(needed, limits);
    if (!longer) return {};
    const isAllowed = profile.automatic === 'raise' && held === undefined;
    const automatic = isAllowed ? longer.automatic : undefined;
    const describe = (to: number | undefined): ContextChange | undefined =>
      to === undefined ? undefined : this.#describe(target, current, to);
    return defined({
      raise: describe(automatic),
      offer: describe(longer.wanted === automatic ? undefined : longer.wanted),
    });
  }

  /** The longest context that requests to the model can have without asking. */
  getLongest(target: ModelTarget): number {
    const { raise } = this.findGrowth(target, Infinity);
    return raise?.to ?? this.getLimit(target).tokens;
  }

  /** Requests to the model ask for this length from now on. @param isChosen by the user, who may have undone it before */
  useLength(model: string, tokens: number, isChosen = false): void {
    const known = this.#get(model);
    if (known.step === tokens && !isChosen) return;
    const held = isChosen ? undefined : known.held;
    this.#replace(model, defined({ ...known, held, step: tokens, stepBefore: known.step }));
  }

  /** The user does not want the longer context: the former length is used, and never raised without asking. */
  undoRaise(model: string, { from }: ContextChange): void {
    this.#replace(model, { ...withFormerStep(this.#get(model)), held: from });
  }

  /** The server ran out of memory at the length that was asked for: it is not asked for again on this machine. */
  stepBack(model: string, { to }: ContextChange): void {
    this.#replace(model, { ...withFormerStep(this.#get(model)), refused: to });
  }

  /** Whether the server counted far fewer tokens than it was sent: it silently truncated the prompt. */
  wasTruncated(target: ModelTarget, messages: readonly PromptMessage[], counted: number): boolean {
    const tokens = this.estimateTokens(target.model, promptWeight(messages));
    const { factors } = this.#get(target.model);
    const part = factors === undefined ? truncatedBelow.guessed : truncatedBelow.calibrated;
    if (counted >= part * tokens) return false;
    // A truncated prompt fills at least half of the context; fewer tokens were only counted differently.
    const limit = this.getLimit(target);
    return counted >= (limit.source === 'allocated' ? 0.4 * limit.tokens : minTruncatedTokens);
  }

  /** A refusal may have the exact length of the prompt, and of the context that it had to fit. */
  learnFromRefusal(
    asked: ModelTarget,
    messages: readonly PromptMessage[],
    { promptTokens, contextLength }: Refusal,
  ): void {
    if (promptTokens !== undefined) this.#learn(asked.model, messages, promptTokens);
    if (contextLength !== undefined) this.#setAllocated(asked, contextLength);
  }

  /** After an answer: learns from the server's count, and asks for what it has allocated for this request. */
  async learnFromAnswer(
    asked: ModelTarget,
    messages: readonly PromptMessage[],
    { promptEvalCount }: Metrics,
  ): Promise<void> {
    const wasRead =
      promptEvalCount !== undefined && !this.wasTruncated(asked, messages, promptEvalCount);
    if (wasRead) this.#learn(asked.model, messages, promptEvalCount);
    const context = await this.#ask(asked.model);
    if (context.allocated !== undefined) this.#setAllocated(asked, context.allocated);
  }

  /**
   * Asks for what is known of the model's context; that loads nothing. An allocation that is not the one that
   * is asked for is from a request with other settings: the next request reloads the model. Only an answer proves
   * a smaller one.
   */
  async refresh(target: ModelTarget): Promise<void> {
    if (target.model === '') return;
    const context = await this.#ask(target.model);
    this.#adopt(target, context);
    const { contextLength } = this.withLength(target);
    const { allocated } = context;
    if (allocated === undefined) return;
    if (contextLength === undefined || contextLength === allocated || context.isFixed)
      this.#setAllocated(target, allocated);
  }

  /** As {@link refresh}, unless the model is known already. */
  async ensureKnown(target: ModelTarget): Promise<void> {
    if (this.#get(target.model).context === undefined) await this.refresh(target);
  }

  /** A length that another window or an earlier one asked for is kept while the model is loaded, and no longer. */
  #adopt({ model, profile }: ModelTarget, { isLoaded, allocated }: ModelContext): void {
    if (profile.automatic === undefined || isLoaded === undefined) return;
    const known = this.#get(model);
    if (!isLoaded && known.step !== undefined) this.#replace(model, withoutStep(known));
    const own = known.allocated?.[getLengthKey(undefined)];
    const isLonger = isLoaded && allocated !== undefined && own !== undefined && allocated > own;
    if (isLonger && known.step !== allocated) this.useLength(model, allocated);
  }

  async #ask(model: string): Promise<ModelContext> {
    const context = await this.#deps.contextOf(model);
    const before = this.#get(model).context;
    // What the server did not say this time is still known.
    const lasting = defined({ ...context, isLoaded: undefined, allocated: undefined });
    const merged = { ...before, ...lasting };
    if (JSON.stringify(before) !== JSON.stringify(merged)) {
      this.#replace(model, { ...this.#get(model), context: merged });
    }
    return context;
  }

  #describe({ model }: ModelTarget, from: number, to: number): ContextChange {
    const extraBytes = findContextBytes(this.#get(model).context ?? {}, to - from);
    return defined({ from, to, extraBytes });
  }

  #learn(model: string, messages: readonly PromptMessage[], tokens: number): void {
    const weight = promptWeight(messages);
    const { factors = {} } = this.#get(model);
    // A server that counts only what it had not cached (0.30.0) tells nothing about the text.
    if (tokens <= 0 || tokens < 0.3 * estimate(factors, weight).tokens) return;
    this.#replace(model, { ...this.#get(model), factors: learn(factors, weight, tokens) });
  }

  #setAllocated(target: ModelTarget, tokens: number): void {
    const known = this.#get(target.model);
    const key = getLengthKey(this.withLength(target).contextLength);
    if (known.allocated?.[key] === tokens) return;
    this.#replace(target.model, { ...known, allocated: { ...known.allocated, [key]: tokens } });
  }

  #get(model: string): KnownModel {
    return this.#deps.known(model) ?? {};
  }

  #replace(model: string, known: KnownModel): void {
    this.#deps.remember(model, known);
    this.#changed.emit(undefined);
  }
}

/** The exact counts of a refusal: tokens of the prompt that was sent, and of its context; absent: it has none. */
type Refusal = Pick<Failure, 'promptTokens' | 'contextLength'>;

function getLengthKey(contextLength: number | undefined): string {
  return contextLength === undefined ? 'server' : String(contextLength);
}

function withoutStep(known: KnownModel): KnownModel {
  return defined({ ...known, step: undefined, stepBefore: undefined });
}

/** Without a step before, the server's own length. */
function withFormerStep(known: KnownModel): KnownModel {
  return defined({ ...known, step: known.stepBefore, stepBefore: undefined });
}
