import type { PromptMessage } from './ports';

/** What the chat template puts around each message. */
const perMessage = 5;

/** How much a new count says against what was known, and against nothing, in tokens. */
const inertia = 400;
const farthest = 3;

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
export function calibrated(known: number | undefined, weight: number, tokens: number): number {
  const before = known === undefined ? inertia / 4 : inertia;
  const factor = ((known ?? 1) * before + tokens) / (before + weight);
  return Math.min(farthest, Math.max(1 / farthest, factor));
}
