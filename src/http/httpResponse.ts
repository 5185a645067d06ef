import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { toBrokenAnswerError } from './networkErrors';
import { cancelledError, ServerError, protocolError } from './serverError';
import { parseJson } from './jsonValues';
import type { Limits, Timing } from './limits';
import type { Clock } from '../shared/clock';

/** Receives a body as it arrives. A handler that throws closes the connection. */
export interface BodyReader {
  onBytes(bytes: Buffer): void;
  /** The body ended cleanly. */
  onEnd(): void;
  /** The connection broke, was closed by the signal, or a handler threw. */
  onError(error: ServerError): void;
}

/**
 * The error of a response that cannot be used: with a status other than 200, or a web page with any status.
 * Each API has its own forms of error bodies.
 */
export type ParseRefusal = (
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
) => ServerError;

export interface HttpResponseOptions {
  readonly parseRefusal: ParseRefusal;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly limits: Limits;
}

/** A response whose status line and headers have arrived, and whose body is still to be read. */
export class HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #signal: AbortSignal;
  readonly #options: HttpResponseOptions;
  #cause: unknown;

  constructor(
    request: ClientRequest,
    response: IncomingMessage,
    signal: AbortSignal,
    options: HttpResponseOptions,
  ) {
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
    this.#options = options;
    // Errors in the framing of a body are reported to the request, before the response breaks.
    request.once('error', (error) => (this.#cause = error));
  }

  /** Reads the body chunk by chunk; exactly one of `onEnd` and `onError` is called, as the last call. */
  read(reader: BodyReader): void {
    const response = this.#response;
    let settled = false;
    const settle = (report: () => void) => {
      if (settled) return;
      settled = true;
      this.#signal.removeEventListener('abort', abort);
      report();
    };
    const fail = (error: unknown) => {
      if (settled) return;
      settle(() =>
        reader.onError(
          this.#signal.aborted ? cancelledError() : toBrokenAnswerError(this.#cause ?? error),
        ),
      );
      this.close();
    };
    const abort = () => fail(cancelledError());
    this.#signal.addEventListener('abort', abort, { once: true });
    if (this.#signal.aborted) {
      abort();
      return;
    }
    response.on('data', (bytes: Buffer) => {
      if (settled) return;
      try {
        reader.onBytes(bytes);
      } catch (error) {
        fail(error);
      }
    });
    response.once('end', () => settle(() => reader.onEnd()));
    response.on('error', fail);
    // Without this, a connection that is destroyed from elsewhere would leave the reader waiting.
    response.once('close', () => fail(new Error('closed')));
  }

  /** Reads the whole body as text. Rejects with an `ServerError`, also when it is longer than `maxBytes`. */
  text(maxBytes = this.#options.limits.answer): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      this.read({
        onBytes: (bytes) => {
          length += bytes.length;
          if (length > maxBytes)
            throw protocolError(`The response is larger than ${maxBytes} bytes.`);
          chunks.push(bytes);
        },
        onEnd: () => resolve(Buffer.concat(chunks).toString('utf8')),
        onError: reject,
      });
    });
  }

  /** The error that this response is, by its status or its form; `undefined` if its body can be read. */
  async refusal(): Promise<ServerError | undefined> {
    const encoding = this.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      this.close();
      return protocolError(
        `The response is compressed (${encoding}), but Cria did not request compression.`,
      );
    }
    const isPage = /^text\/html/iu.test(this.headers['content-type'] ?? '');
    if (this.status === 200 && !isPage) return undefined;
    const body = await this.#errorBody();
    return this.#options.parseRefusal(this.status, this.headers, body);
  }

  /** The body of an error; empty, so that only the status counts, if it never ends, breaks off or is too long. */
  async #errorBody(): Promise<string> {
    const { clock, timing, limits } = this.#options;
    const cancelTimeout = clock.after(timing.answer, () => this.close());
    try {
      return await this.text(limits.line);
    } catch (error) {
      if (error instanceof ServerError && error.kind !== 'cancelled') return '';
      throw error;
    } finally {
      cancelTimeout();
    }
  }

  /** Reads the body as JSON. Rejects with an `ServerError`. */
  async json(): Promise<unknown> {
    const refusal = await this.refusal();
    if (refusal) throw refusal;
    const text = await this.text();
    const value = parseJson(text.replace(/^\uFEFF/u, ''));
    if (value === undefined)
      throw protocolError('The response is not valid JSON.', text, { status: this.status });
    return value;
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  /** Closes the connection. */
  close(): void {
    this.#request.destroy();
  }
}
