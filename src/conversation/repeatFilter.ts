/** A repetition shorter than this can be chance: many answers begin with the same word. */
const tellingLength = 16;

/**
 * When an answer is continued, some chat templates go on from it and some start it again from the
 * top. The wire does not tell which, so the first text is held back while it reads like the
 * beginning of what is there already; what was repeated is not shown twice.
 */
export class RepeatFilter {
  readonly #shown: string;
  #held = '';
  #decided: boolean;

  /** `shown` is the answer as it stands. */
  constructor(shown: string) {
    this.#shown = shown;
    this.#decided = shown === '';
  }

  /** Gives what of the text so far is new and can be shown. */
  take(text: string): string {
    if (this.#decided) return text;
    this.#held += text;
    if (this.#held.length < this.#shown.length && this.#shown.startsWith(this.#held)) return '';
    return this.#decide();
  }

  /** The stream has ended: what is still held back. */
  rest(): string {
    return this.#decided ? '' : this.#decide();
  }

  #decide(): string {
    this.#decided = true;
    const same = commonLength(this.#shown, this.#held);
    const whole = same === this.#shown.length;
    return whole || same >= tellingLength ? this.#held.slice(same) : this.#held;
  }
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
