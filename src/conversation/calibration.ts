import type { PromptMessage } from './ports';
import {
  addWeights,
  noWeight,
  textKinds,
  type TextKind,
  type TextWeight,
  weighText,
} from './tokenEstimate';

/** Tokens per unit of weight of one kind of text, with its standard deviation. */
export interface Factor {
  readonly value: number;
  readonly deviation: number;
}

/** What was learned of a model's tokenizer; absent: nothing of that kind of text yet. */
export type Factors = Readonly<Partial<Record<TextKind, Factor>>>;

/** How far common tokenizers differ from the weights. */
const unknown: Readonly<Record<TextKind, Factor>> = {
  prose: { value: 1.03, deviation: 0.1 },
  code: { value: 1.03, deviation: 0.12 },
  digits: { value: 1.03, deviation: 0.2 },
  latin: { value: 1.05, deviation: 0.25 },
  cjk: { value: 1.2, deviation: 0.5 },
  other: { value: 1.1, deviation: 0.5 },
};

/** Texts of one kind still differ: a factor never becomes more certain than this, and continues to adapt. */
const minDeviation = 0.04;
const factorRange = { min: 0.3, max: 4 };

/** Of a count that is right: what the estimate of one text misses, in parts of the count and in tokens. */
const noise = { part: 0.03, tokens: 8 };

/** Tokens that the chat template puts around each message. */
const perMessage = 5;

export function messageWeight(content: string): TextWeight {
  const weight = weighText(content);
  return { ...weight, prose: weight.prose + perMessage };
}

export function promptWeight(messages: readonly PromptMessage[]): TextWeight {
  return messages.length === 0
    ? noWeight
    : addWeights(messages.map(({ content }) => messageWeight(content)));
}

/** Estimated tokens, and the standard deviation of that estimate. */
export interface Estimate {
  readonly tokens: number;
  readonly deviation: number;
}

export function estimate(factors: Factors, weight: TextWeight): Estimate {
  let tokens = 0;
  let variance = 0;
  for (const kind of textKinds) {
    const { value, deviation } = factors[kind] ?? unknown[kind];
    tokens += value * weight[kind];
    variance += (deviation * weight[kind]) ** 2;
  }
  return { tokens: Math.ceil(tokens), deviation: Math.sqrt(variance) };
}

/**
 * The factors after a model counted `tokens` for a prompt of `weight` (a Kalman filter without covariances). The
 * error is distributed by how much of each kind there is and how uncertain its factor is, so that a text of one
 * kind changes no other.
 */
export function learn(factors: Factors, weight: TextWeight, tokens: number): Factors {
  const expected = estimate(factors, weight);
  const total = expected.deviation ** 2 + (noise.part * tokens + noise.tokens) ** 2;
  const next: Partial<Record<TextKind, Factor>> = { ...factors };
  for (const kind of textKinds) {
    const { value, deviation } = factors[kind] ?? unknown[kind];
    const share = (deviation ** 2 * weight[kind]) / total;
    if (share === 0) continue;
    const moved = value + share * (tokens - expected.tokens);
    const variance = deviation ** 2 * (1 - share * weight[kind]);
    next[kind] = {
      value: Math.min(factorRange.max, Math.max(factorRange.min, moved)),
      deviation: Math.max(minDeviation, Math.sqrt(variance)),
    };
  }
  return next;
}
