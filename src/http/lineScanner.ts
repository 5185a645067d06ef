import { protocolError } from './serverError';

const newline = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a stream of bytes into lines, each byte looked at once and copied at most a few times, however the
 * stream is cut into pieces. Blank lines, carriage returns and a byte order mark at the start are passed
 * over. The text of a line is decoded whole, so no character can be torn.
 */
export class LineScanner {
  readonly #onLine: (line: string, bytes: number) => void;
  readonly #onBlank: () => void;
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not come; only `#kept` bytes of it are used. */
  #buffer = Buffer.alloc(0);
  #kept = 0;
  #atStart = true;

  /**
   * Throws an `ServerError` of kind `protocol` from `push` for a line of more than `maxBytes`.
   * @param blank what to do for a blank line; absent: nothing
   */
  constructor(
    maxBytes: number,
    onLine: (line: string, bytes: number) => void,
    blank: () => void = () => undefined,
  ) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
    this.#onBlank = blank;
  }

  push(piece: Buffer): void {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(newline, from);
      if (end < 0) break;
      if (this.#kept === 0) this.#take(piece, from, end);
      else {
        this.#keep(piece, from, end);
        this.#takeKept();
      }
      from = end + 1;
    }
    if (from < piece.length) this.#keep(piece, from, piece.length);
  }

  /** What came after the last newline; `''` when nothing did. */
  end(): string {
    const rest = this.#decode(this.#buffer, 0, this.#kept);
    this.#kept = 0;
    return rest.trim();
  }

  #takeKept(): void {
    const length = this.#kept;
    this.#kept = 0;
    this.#take(this.#buffer, 0, length);
  }

  #take(bytes: Buffer, from: number, end: number): void {
    if (end - from > this.#maxBytes) throw this.#tooLong(bytes.toString('utf8', from, from + 300));
    const line = this.#decode(bytes, from, end);
    if (line !== '' && line.trim() !== '') this.#onLine(line, end - from);
    else this.#onBlank();
  }

  #decode(bytes: Buffer, from: number, end: number): string {
    let start = from;
    if (this.#atStart && end > from) {
      this.#atStart = false;
      if (byteOrderMark.equals(bytes.subarray(from, from + 3))) start += 3;
    }
    return bytes.toString('utf8', start, end);
  }

  #keep(piece: Buffer, from: number, end: number): void {
    const needed = this.#kept + end - from;
    if (needed > this.#maxBytes) {
      throw this.#tooLong(
        Buffer.concat([this.#buffer.subarray(0, this.#kept), piece]).toString('utf8', 0, 300),
      );
    }
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length, 1024));
      this.#buffer.copy(larger, 0, 0, this.#kept);
      this.#buffer = larger;
    }
    piece.copy(this.#buffer, this.#kept, from, end);
    this.#kept = needed;
  }

  #tooLong(start: string): Error {
    return protocolError(`A line of the response is longer than ${this.#maxBytes} bytes.`, start);
  }
}
