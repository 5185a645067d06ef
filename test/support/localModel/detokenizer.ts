import type { LlamaModel, Token } from './llama';

/** A character takes at most this many tokens of one byte each. */
const LONGEST_CHARACTER = 4;

/** Turns tokens into text as they come, holding back the bytes of a character that is not yet whole. */
export class Detokenizer {
  readonly #model: LlamaModel;
  #before: Token[] = [];
  #pending: Token[] = [];

  constructor(model: LlamaModel) {
    this.#model = model;
  }

  push(token: Token): string {
    this.#pending.push(token);
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    if (text.endsWith('\uFFFD') && this.#pending.length < LONGEST_CHARACTER) return '';
    this.#before = this.#pending;
    this.#pending = [];
    return text;
  }
}
