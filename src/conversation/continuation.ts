import type { AssistantTurn, Turn } from '../shared/turn';
import type { PromptMessage } from './ports';
import { promptMessages } from './prompt';

/** How much of the end of an answer is quoted when the model is asked in words to continue it. */
const quotedLength = 200;

/** The conversation with the unfinished answer last: many chat templates let the model continue it. */
export function continueMessages(
  systemPrompt: string,
  before: readonly Turn[],
  { text }: AssistantTurn,
): readonly PromptMessage[] {
  const messages = promptMessages(systemPrompt, before);
  return text === '' ? messages : [...messages, { role: 'assistant', content: text }];
}

/** For templates that close the last message, and servers that refuse an answer as the last message. */
export function continueInWords(
  systemPrompt: string,
  before: readonly Turn[],
  { text }: AssistantTurn,
): readonly PromptMessage[] {
  const content =
    'Continue your answer exactly where it was cut off. Do not repeat it. ' +
    `It ended with:\n\n${text.slice(-quotedLength)}`;
  return [
    ...promptMessages(systemPrompt, before),
    { role: 'assistant', content: text },
    { role: 'user', content },
  ];
}

/** A shorter repetition can be chance: many answers begin with the same word. */
const minRepeatLength = 16;

/** How far back from its end an answer is searched for lines that the continuation repeats. */
const maxSearchedLength = 2_000;

/**
 * Holds back the first text of a continuation while it repeats the answer that is there already.
 *
 * - A repetition of the whole answer (from servers that echo it) is dropped.
 * - The answer begun again from the top is a restart: the chat template closed the unfinished answer. Without
 *   `inWords`, `isRestart` becomes true, and the model should be asked in words.
 * - Asked in words, whole lines that repeat the beginning or the end of the answer are dropped, once. What
 *   follows a repeated beginning begins a new line.
 *
 * Nothing else is dropped, never part of a line of new text.
 */
export class RepeatFilter {
  readonly #shown: string;
  readonly #inWords: boolean;
  /** Where in the answer the text that is held back may repeat it: only those that did so far. */
  #starts: readonly number[];
  #held = '';
  #isDecided: boolean;
  #isRestart = false;

  /** @param shown the answer before it is continued */
  constructor(shown: string, inWords = false) {
    this.#shown = shown;
    this.#inWords = inWords;
    this.#starts = inWords ? [0, ...findLastLines(shown)] : [0];
    this.#isDecided = shown === '';
  }

  /** The model has begun its answer again; nothing of that was given out. */
  get isRestart(): boolean {
    return this.#isRestart;
  }

  /** The part of the text so far that is new. */
  take(text: string): string {
    if (this.#isRestart) return '';
    if (this.#isDecided) return text;
    const before = this.#held.length;
    this.#held += text;
    this.#starts = this.#starts.filter((start) => this.#continues(start, before, text));
    const repeated = this.#starts.find((start) => this.#repeatsFrom(start));
    if (repeated !== undefined) return this.#release(this.#shown.length - repeated);
    if (!this.#inWords && this.#isRepeatedStart()) {
      this.#isRestart = true;
      return '';
    }
    const isOpen = this.#starts.some((start) => start + this.#held.length <= this.#shown.length);
    return isOpen ? '' : this.rest();
  }

  /** Whether the answer has `text` at `before` characters after `start`, as far as it goes. */
  #continues(start: number, before: number, text: string): boolean {
    const at = start + before;
    if (at + text.length <= this.#shown.length) return this.#shown.startsWith(text, at);
    return text.startsWith(this.#shown.slice(at));
  }

  #isRepeatedStart(): boolean {
    const start = this.#shown.slice(0, minRepeatLength);
    return start.length === minRepeatLength && this.#held.startsWith(start);
  }

  /** The stream has ended: what is still held back. */
  rest(): string {
    if (this.#isDecided || this.#isRestart) return '';
    const common = commonLength(this.#shown, this.#held);
    if (!this.#inWords || common < minRepeatLength) return this.#release(0);
    const dropped = this.#held.lastIndexOf('\n', common - 1) + 1;
    const text = this.#release(dropped);
    // It begins a line, and is not the rest of the word or line that was cut off.
    if (text === '' || this.#shown.endsWith('\n')) return text;
    return dropped > 0 ? `\n${text}` : `\n\n${text}`;
  }

  /** Whether everything from `start` to the end of the answer was repeated. */
  #repeatsFrom(start: number): boolean {
    const length = this.#shown.length - start;
    return length >= minRepeatLength && this.#held.length >= length;
  }

  #release(dropped: number): string {
    this.#isDecided = true;
    return this.#held.slice(dropped);
  }
}

/** Where lines begin near the end of `text`, but not the last one: a whole line must follow. */
function findLastLines(text: string): number[] {
  const starts: number[] = [];
  const from = Math.max(0, text.length - maxSearchedLength);
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text.includes('\n', at + 1)) starts.push(at + 1);
  }
  return starts;
}

function commonLength(a: string, b: string): number {
  const maxLength = Math.min(a.length, b.length);
  let length = 0;
  while (length < maxLength && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
