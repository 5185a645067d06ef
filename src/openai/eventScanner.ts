import { LineScanner } from '../http/lineScanner';
import { protocolError, toExcerpt } from '../http/serverError';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface EventHandler {
  /** An event with data; `name` is `''` or `message` for most. */
  onEvent(name: string, data: string): void;
  /** A comment: the server is alive. */
  onComment(): void;
  /** A line that belongs to no event, such as a proxy's error message. */
  onForeignLine(line: string): void;
}

/**
 * Cuts a stream of bytes into server-sent events (WHATWG HTML, 9.2.6): lines end with LF, CRLF, or CR, `data`
 * lines of one event are joined, comments and unknown fields are skipped. Work is linear in the bytes.
 */
export class EventScanner {
  readonly #handler: EventHandler;
  readonly #lines: LineScanner;
  readonly #maxBytes: number;
  #name = '';
  #data: string | undefined;
  #bytes = 0;
  /** The last piece ended with CR: an LF that follows belongs to it. */
  #endedWithReturn = false;

  /** Throws a `ServerError` of kind `protocol` from `push` for an event of more than `maxBytes`. */
  constructor(maxBytes: number, handler: EventHandler) {
    this.#handler = handler;
    this.#maxBytes = maxBytes;
    this.#lines = new LineScanner(
      maxBytes,
      (line, bytes) => this.#take(line, bytes),
      () => this.#dispatch(),
    );
  }

  push(piece: Buffer): void {
    const hasReturns = this.#endedWithReturn || piece.includes(carriageReturn);
    this.#lines.push(hasReturns ? this.#withLineFeeds(piece) : piece);
  }

  /** The stream has ended: what it had begun counts only if it is complete. */
  end(): void {
    const rest = this.#lines.end();
    const isTorn = ['data:', 'event:', 'retry:', 'id:'].some((field) => field.startsWith(rest));
    if (!isTorn) this.#take(rest, Buffer.byteLength(rest));
    this.#dispatch();
  }

  /** Each CRLF and each single CR becomes one LF, also where a CRLF is cut in two. */
  #withLineFeeds(piece: Buffer): Buffer {
    const result = Buffer.allocUnsafe(piece.length);
    let length = 0;
    for (const byte of piece) {
      const isSecondHalf = byte === lineFeed && this.#endedWithReturn;
      this.#endedWithReturn = byte === carriageReturn;
      if (!isSecondHalf) result[length++] = this.#endedWithReturn ? lineFeed : byte;
    }
    return result.subarray(0, length);
  }

  #take(line: string, bytes: number): void {
    if (line.startsWith('data:')) this.#addData(fieldValue(line, 5), bytes);
    else if (line.startsWith(':')) this.#handler.onComment();
    else if (line.startsWith('event:')) this.#name = fieldValue(line, 6).trim();
    else if (line === 'data') this.#addData('', bytes);
    else if (!/^(?:id|retry|event)(?::|$)/u.test(line)) this.#handler.onForeignLine(line);
  }

  #addData(data: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) {
      throw protocolError(
        `An event of the response is longer than ${this.#maxBytes} bytes.`,
        toExcerpt(data),
      );
    }
    this.#data = this.#data === undefined ? data : `${this.#data}\n${data}`;
  }

  #dispatch(): void {
    const data = this.#data;
    const name = this.#name;
    this.#data = undefined;
    this.#name = '';
    this.#bytes = 0;
    if (data !== undefined) this.#handler.onEvent(name, data);
  }
}

function fieldValue(line: string, from: number): string {
  return line.slice(line.charCodeAt(from) === 0x20 ? from + 1 : from);
}
