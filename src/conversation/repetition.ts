import type { RequestProfile } from './ports';

/** Text of this length must repeat with a period of at most the given one, in UTF-16 code units. */
const windows = [
  { length: 3_000, maxPeriod: 250 },
  { length: 16_000, maxPeriod: 3_000 },
] as const;
const longest = 16_000;

/**
 * Notices a model that repeats itself: a word, a line, a paragraph, or a cycle of them, many times. Numbers that
 * count up do not matter. Each window is examined once per half of its length, so the cost per character is constant.
 */
export class RepetitionDetector {
  #tail = '';
  /** How much text came since each window was examined. */
  readonly #fresh = windows.map(() => 0);
  #isRepeating = false;

  /** Whether the text repeats itself; once it does, that stays so. */
  get isRepeating(): boolean {
    return this.#isRepeating;
  }

  take(text: string): void {
    if (this.#isRepeating) return;
    const own = text.replaceAll(/\d+/gu, '0');
    this.#tail = (this.#tail + own).slice(-2 * longest);
    for (const [index, { length, maxPeriod }] of windows.entries()) {
      const fresh = (this.#fresh[index] ?? 0) + own.length;
      const isDue = fresh >= length / 2 && this.#tail.length >= length;
      this.#fresh[index] = isDue ? 0 : fresh;
      if (isDue) this.#isRepeating ||= getPeriod(this.#tail.slice(-length)) <= maxPeriod;
    }
  }
}

/** The smallest number of characters after which `text` repeats; its length if it never does. */
function getPeriod(text: string): number {
  const borders = new Uint32Array(text.length);
  let border = 0;
  for (let at = 1; at < text.length; at++) {
    while (border > 0 && text.charCodeAt(at) !== text.charCodeAt(border)) {
      border = borders[border - 1] ?? 0;
    }
    if (text.charCodeAt(at) === text.charCodeAt(border)) border += 1;
    borders[at] = border;
  }
  return text.length - border;
}

/** What Ollama uses where nothing is set (`repeat_penalty`, `repeat_last_n` in tokens; api/types.go). */
const usual = { penalty: 1.1, lookBack: 64 };
const penaltyStep = 0.15;
/** Above this, models avoid words that they need. */
const maxPenalty = 1.5;
/** A cycle of paragraphs is longer than the usual look-back. */
const lookBack = 512;

/** The profile for another try after a model has repeated itself: a higher penalty, over a longer text. */
export function withRepeatPenalty(profile: RequestProfile): RequestProfile {
  const { repeat_penalty: penalty, repeat_last_n: range } = profile.options ?? {};
  const before = typeof penalty === 'number' ? penalty : usual.penalty;
  const seen = typeof range === 'number' ? range : usual.lookBack;
  const options = {
    ...profile.options,
    repeat_penalty: Math.max(
      before,
      Math.min(Number((before + penaltyStep).toFixed(2)), maxPenalty),
    ),
    // -1 is the whole context.
    repeat_last_n: seen === -1 ? seen : Math.max(seen, lookBack),
  };
  return { ...profile, options };
}
