import type { TurnView } from '../../shared/protocol';

/**
 * Brings earlier messages back into an empty composer: Up for the one before, Down for the one after.
 * What was changed since is a message of its own, and the arrows move in it.
 */
export class MessageRecall {
  readonly #said: () => readonly TurnView[];
  /** How far back, from 1; 0 while nothing is recalled. */
  #back = 0;
  #shown = '';

  constructor(said: () => readonly TurnView[]) {
    this.#said = said;
  }

  /** The text that `key` brings in place of `text`; undefined when it brings none. */
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

  /** Newest first, each once in a row. */
  #texts(): string[] {
    const said = this.#said().flatMap((turn) => (turn.role === 'user' ? [turn.text] : []));
    return said.filter((text, index) => text !== said[index + 1]).reverse();
  }
}
