import type { TurnView } from '../../shared/protocol';

/**
 * Recalls earlier messages into an empty composer: Up for the previous one, Down for the next one. Once the
 * user has edited a recalled message, the arrow keys move the caret again.
 */
export class MessageRecall {
  readonly #turns: () => readonly TurnView[];
  /** 1 for the last message, 2 for the one before; 0 if no message is recalled. */
  #back = 0;
  #shown = '';

  constructor(turns: () => readonly TurnView[]) {
    this.#turns = turns;
  }

  /** The text that replaces `text` on `key`; undefined if the key recalls nothing. */
  next(key: string, text: string): string | undefined {
    const step = { ArrowUp: 1, ArrowDown: -1 }[key];
    if (step === undefined) return undefined;
    const isRecalled = this.#back > 0 && text === this.#shown && text !== '';
    if (!isRecalled) this.#back = 0;
    if (!isRecalled && (text !== '' || step < 0)) return undefined;
    const texts = this.#texts();
    const back = Math.min(this.#back + step, texts.length);
    if (back === this.#back) return undefined;
    this.#back = back;
    this.#shown = texts[back - 1] ?? '';
    return this.#shown;
  }

  /** Newest first, without consecutive duplicates. */
  #texts(): string[] {
    const messages = this.#turns().flatMap((turn) => (turn.role === 'user' ? [turn.text] : []));
    return messages.filter((text, index) => text !== messages[index + 1]).reverse();
  }
}
