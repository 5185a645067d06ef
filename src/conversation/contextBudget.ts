import type { ContextLimit } from '../shared/composerState';
import { Emitter, type ErrorLog } from '../shared/emitter';
import type { Metrics } from '../shared/turn';
import type { PromptMessage, RequestProfile } from './ports';

/** Assumed while nothing is known of the server (Ollama's own default since 0.6.7). */
const defaultContextLength = 4096;

/** Below these parts of the estimate the server cannot have read the whole prompt. */
const truncatedBelow = { calibrated: 0.55, guessed: 0.4 };
/** Half of the smallest context length in use. */
const minTruncatedTokens = 256;

/** What is known of one model; stored, so that it outlives the window. */
export interface KnownModel {
  /** Tokens per unit of weight, see `textWeight`. */
  readonly factor?: number;
  /** Tokens of context that the server allocated for it, by the requested `num_ctx`. */
  readonly allocated?: Readonly<Record<string, number>>;
}

export interface ContextBudgetDependencies {
  readonly logger: ErrorLog;
  readonly known: (model: string) => KnownModel | undefined;
  readonly remember: (model: string, known: KnownModel) => void;
  /** Tokens of context that are allocated for the model now; undefined while it is not loaded. Never rejects. */
  readonly allocated: (model: string) => Promise<number | undefined>;
}

/** A model, and the profile of every request to it. */
export interface ModelTarget {
  readonly model: string;
  readonly profile: RequestProfile;
}

/**
 * The context length of each model, and an estimate of the tokens that a prompt takes. Both get better with
 * each answer and each refusal.
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

  getLimit({ model, profile }: ModelTarget): ContextLimit {
    const allocated = this.#deps.known(model)?.allocated?.[getProfileKey(profile)];
    if (allocated !== undefined) return { tokens: allocated, source: 'allocated' };
    const { contextLength } = profile;
    return contextLength === undefined
      ? { tokens: defaultContextLength, source: 'assumed' }
      : { tokens: contextLength, source: 'configured' };
  }

  /** About how many tokens of the model a weight is. */
  estimateTokens(model: string, weight: number): number {
    return Math.ceil(weight * (this.#deps.known(model)?.factor ?? 1));
  }

  /** Whether the server counted far fewer tokens than it was sent: it silently truncated the prompt. */
  wasTruncated(
    { model, profile }: ModelTarget,
    messages: readonly PromptMessage[],
    counted: number,
  ): boolean {
    const estimate = this.estimateTokens(model, promptWeight(messages));
    const { factor } = this.#deps.known(model) ?? {};
    const part = factor === undefined ? truncatedBelow.guessed : truncatedBelow.calibrated;
    if (counted >= part * estimate) return false;
    // A truncated prompt fills at least half of the context; fewer tokens were only counted differently.
    const { tokens, source } = this.getLimit({ model, profile });
    return counted >= (source === 'allocated' ? 0.4 * tokens : minTruncatedTokens);
  }

  /** A refusal has the exact length of the prompt, and of the context that it had to fit. */
  learnFromRefusal(asked: ModelTarget, messages: readonly PromptMessage[], counts: Refusal): void {
    this.#learn(asked.model, messages, counts.promptTokens);
    this.#setAllocated(asked, counts.contextLength);
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
    const allocated = await this.#deps.allocated(asked.model);
    if (allocated !== undefined) this.#setAllocated(asked, allocated);
  }

  /**
   * Asks for what is allocated; that loads nothing. An allocation that is not the configured one is from a
   * request with other settings: the next request reloads the model. Only an answer proves a smaller one.
   */
  async refresh(asked: ModelTarget): Promise<void> {
    const allocated = await this.#deps.allocated(asked.model);
    const { contextLength = allocated } = asked.profile;
    if (allocated !== undefined && allocated === contextLength)
      this.#setAllocated(asked, allocated);
  }

  #learn(model: string, messages: readonly PromptMessage[], tokens: number): void {
    const weight = promptWeight(messages);
    const { factor } = this.#deps.known(model) ?? {};
    // A server that counts only what it had not cached (0.30.0) tells nothing about the text.
    if (tokens <= 0 || tokens < 0.3 * this.estimateTokens(model, weight)) return;
    this.#remember(model, { factor: calibrate(factor, weight, tokens) });
  }

  #setAllocated({ model, profile }: ModelTarget, tokens: number): void {
    const { allocated } = this.#deps.known(model) ?? {};
    if (allocated?.[getProfileKey(profile)] === tokens) return;
    this.#remember(model, { allocated: { ...allocated, [getProfileKey(profile)]: tokens } });
  }

  #remember(model: string, more: KnownModel): void {
    this.#deps.remember(model, { ...this.#deps.known(model), ...more });
    this.#changed.emit(undefined);
  }
}

/** The exact counts of a refusal: tokens of the prompt that was sent, and of its context. */
export interface Refusal {
  readonly promptTokens: number;
  readonly contextLength: number;
}

function getProfileKey({ contextLength }: RequestProfile): string {
  return contextLength === undefined ? 'server' : String(contextLength);
}

/** Tokens that the chat template puts around each message. */
const perMessage = 5;

/** How many tokens of experience a known factor counts for against a new count. */
const calibrationInertia = 400;
const maxFactor = 3;

/**
 * About how many tokens a text takes before anything is known of the model: four letters or blanks per token,
 * fewer digits and signs, and nearly one token per character of East Asian scripts.
 */
export function textWeight(text: string): number {
  let weight = 0;
  for (let at = 0; at < text.length; at += 1) weight += unitWeight(text.charCodeAt(at));
  return weight;
}

function unitWeight(unit: number): number {
  if (unit >= 0x2e80) return 0.85;
  if (unit >= 0x80) return 0.45;
  const isLetter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
  return isLetter || unit === 0x20 ? 0.24 : 0.42;
}

export function messageWeight(content: string): number {
  return perMessage + textWeight(content);
}

export function promptWeight(messages: readonly PromptMessage[]): number {
  return messages.reduce((sum, { content }) => sum + messageWeight(content), 0);
}

/**
 * Tokens per unit of weight, after a model counted `tokens` for a prompt of `weight`. A long prompt tells more
 * than a short one, which is mostly template.
 *
 * @param known the factor so far; undefined: none
 */
export function calibrate(known: number | undefined, weight: number, tokens: number): number {
  const before = known === undefined ? calibrationInertia / 4 : calibrationInertia;
  const factor = ((known ?? 1) * before + tokens) / (before + weight);
  return Math.min(maxFactor, Math.max(1 / maxFactor, factor));
}
