import type { AssistantTurn, Turn } from '../shared/turn';
import type { PromptMessage } from './ports';
import { promptMessages } from './prompt';

const quotedLength = 200;

/** The conversation with the unfinished answer last: many templates then go on from it. */
export function continuingMessages(
  systemPrompt: string,
  before: readonly Turn[],
  { text }: AssistantTurn,
): readonly PromptMessage[] {
  const asked = promptMessages(systemPrompt, before);
  return text === '' ? asked : [...asked, { role: 'assistant', content: text }];
}

/** For a server that refuses an answer as the last message: it is asked to go on, in words. */
export function askToContinue(
  systemPrompt: string,
  before: readonly Turn[],
  { text }: AssistantTurn,
): readonly PromptMessage[] {
  const content =
    'Go on exactly where your answer was cut off, without repeating it. ' +
    `It ended with:\n\n${text.slice(-quotedLength)}`;
  return [
    ...promptMessages(systemPrompt, before),
    { role: 'assistant', content: text },
    { role: 'user', content },
  ];
}

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
