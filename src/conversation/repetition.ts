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

  /** @returns whether the text repeats itself; once it does, that stays so */
  take(text: string): boolean {
    if (this.#isRepeating) return true;
    const own = text.replaceAll(/\d+/gu, '0');
    this.#tail = (this.#tail + own).slice(-2 * longest);
    for (const [index, { length, maxPeriod }] of windows.entries()) {
      const fresh = (this.#fresh[index] ?? 0) + own.length;
      const isDue = fresh >= length / 2 && this.#tail.length >= length;
      this.#fresh[index] = isDue ? 0 : fresh;
      if (isDue) this.#isRepeating ||= getPeriod(this.#tail.slice(-length)) <= maxPeriod;
    }
    return this.#isRepeating;
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
