import { toLf } from '../../shared/lineEnds';

/**
 * The text as markdown-it's block parser wants it, although it comes in pieces: CRLF and CR become
 * LF, NUL the replacement character. A CR at the end of a piece is held back, because the next piece
 * may begin with its LF.
 */
export class Normalizer {
  #held = '';

  push(piece: string): string {
    const text = this.#held + piece;
    this.#held = text.endsWith('\r') ? '\r' : '';
    return toLf(this.#held === '' ? text : text.slice(0, -1));
  }

  /** What was held back, once nothing more comes. */
  end(): string {
    const rest = toLf(this.#held);
    this.#held = '';
    return rest;
  }
}
