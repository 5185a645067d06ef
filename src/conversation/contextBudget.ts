import type { ContextLimit } from '../shared/composerState';
import { Emitter } from '../shared/emitter';
import type { Metrics } from '../shared/turn';
import type { PromptMessage, RequestProfile } from './ports';

/** What is assumed of a server that was never asked (its own default since 0.6.7). */
const defaultContextLength = 4096;

/** Below these parts of the estimate, the server cannot have read the whole prompt. */
const truncatedBelow = { calibrated: 0.55, guessed: 0.4 };
/** Half of the smallest context that anyone uses. */
const minTruncatedTokens = 256;

/** What is known of one model, kept from one start to the next. */
export interface KnownModel {
  /** Tokens for one unit of weight (`tokenEstimate.ts`). */
  readonly factor?: number;
  /** Tokens of context that were allocated for it, by the `num_ctx` that was asked for. */
  readonly allocated?: Readonly<Record<string, number>>;
}

export interface ContextBudgetDependencies {
  readonly known: (model: string) => KnownModel | undefined;
  readonly remember: (model: string, known: KnownModel) => void;
  /** Tokens that are allocated for the model now; undefined while it is not loaded. Never rejects. */
  readonly allocated: (model: string) => Promise<number | undefined>;
}

/** One model as it is asked. */
export interface ModelTarget {
  readonly model: string;
  readonly profile: RequestProfile;
}

/** How much a model can see, and how much of it a prompt takes; better known after each answer. */
export class ContextBudget {
  readonly #deps: ContextBudgetDependencies;
  readonly #changed = new Emitter<undefined>();

  constructor(deps: ContextBudgetDependencies) {
    this.#deps = deps;
  }

  /** Called when more is known; the returned function unsubscribes. */
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

  /** The tokens that so much weight takes. */
  estimateTokens(model: string, weight: number): number {
    return Math.ceil(weight * (this.#deps.known(model)?.factor ?? 1));
  }

  /** Whether the server counted far fewer tokens than it was sent: it left out a part without a word. */
  wasTruncated(
    { model, profile }: ModelTarget,
    messages: readonly PromptMessage[],
    counted: number,
  ): boolean {
    const estimate = this.estimateTokens(model, promptWeight(messages));
    const { factor } = this.#deps.known(model) ?? {};
    const part = factor === undefined ? truncatedBelow.guessed : truncatedBelow.calibrated;
    if (counted >= part * estimate) return false;
    // What is cut fills the context, or half of it; fewer tokens were only counted another way.
    const { tokens, source } = this.getLimit({ model, profile });
    return counted >= (source === 'allocated' ? 0.4 * tokens : minTruncatedTokens);
  }

  /** The server refused a prompt and said exactly how long it was, and what it had to fit. */
  learnFromRefusal(asked: ModelTarget, messages: readonly PromptMessage[], counts: Refusal): void {
    this.#learn(asked.model, messages, counts.promptTokens);
    this.#setAllocated(asked, counts.contextLength);
  }

  /** An answer is done: what the server counted, and what it has allocated, is known now. */
  async learnFromAnswer(
    asked: ModelTarget,
    messages: readonly PromptMessage[],
    { promptEvalCount }: Metrics,
  ): Promise<void> {
    const wasRead =
      promptEvalCount !== undefined && !this.wasTruncated(asked, messages, promptEvalCount);
    if (wasRead) this.#learn(asked.model, messages, promptEvalCount);
    await this.refresh(asked);
  }

  /** Asks what is allocated. That is no request to the model, and loads nothing. */
  async refresh(asked: ModelTarget): Promise<void> {
    const allocated = await this.#deps.allocated(asked.model);
    const { contextLength } = asked.profile;
    // Loaded before the setting was changed: the next request loads it anew.
    const isOther = contextLength !== undefined && allocated !== contextLength;
    if (allocated === undefined || (isOther && allocated > contextLength)) return;
    this.#setAllocated(asked, allocated);
  }

  #learn(model: string, messages: readonly PromptMessage[], tokens: number): void {
    const weight = promptWeight(messages);
    const { factor } = this.#deps.known(model) ?? {};
    // A server that counts only what it had not cached (0.30.0) says nothing about the text.
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

/** What the chat template puts around each message. */
const perMessage = 5;

/** How much a new count says against what was known, and against nothing, in tokens. */
const calibrationInertia = 400;
const maxFactor = 3;

/**
 * About how many tokens a text takes, before a model is known: four letters or blanks to a token,
 * fewer digits and signs, and nearly one for each character of the scripts of East Asia.
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
 * How many tokens a model makes of one unit of weight, after it counted `tokens` for a prompt of
 * `weight`. A long prompt says more than a short one, which is mostly template.
 *
 * @param known what was known before; undefined: nothing
 */
export function calibrate(known: number | undefined, weight: number, tokens: number): number {
  const before = known === undefined ? calibrationInertia / 4 : calibrationInertia;
  const factor = ((known ?? 1) * before + tokens) / (before + weight);
  return Math.min(maxFactor, Math.max(1 / maxFactor, factor));
}
