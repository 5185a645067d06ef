import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock } from '../shared/clock';
import { errorOfBrokenAnswer } from './connectionErrors';
import { cancelled, OllamaError, protocolError } from './errors';
import { parseJson } from './json';
import type { Limits, Timing } from './limits';
import { errorOfAnswer } from './serverErrors';

/** What is done with a body as it comes. A handler that throws closes the connection. */
export interface BodyReader {
  onBytes(bytes: Buffer): void;
  /** The body ended in good order. */
  onEnd(): void;
  /** The connection broke, was closed by the signal, or a handler threw. */
  onError(error: OllamaError): void;
}

export interface AnswerOptions {
  readonly clock: Clock;
  readonly timing: Timing;
  readonly limits: Limits;
}

/** An answer whose status line and headers have come, and whose body is still to be read. */
export class Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #signal: AbortSignal;
  readonly #options: AnswerOptions;
  #cause: unknown;

  constructor(
    request: ClientRequest,
    response: IncomingMessage,
    signal: AbortSignal,
    options: AnswerOptions,
  ) {
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
    this.#options = options;
    // What is wrong with the framing of a body is told to the request, before the response breaks.
    request.once('error', (error) => (this.#cause = error));
  }

  /** Reads the body piece by piece; exactly one of `onEnd` and `onError` is called, and it is called last. */
  read(reader: BodyReader): void {
    const response = this.#response;
    let settled = false;
    const settle = (tell: () => void) => {
      if (settled) return;
      settled = true;
      this.#signal.removeEventListener('abort', abort);
      tell();
    };
    const fail = (error: unknown) => {
      if (settled) return;
      settle(() =>
        reader.onError(
          this.#signal.aborted ? cancelled() : errorOfBrokenAnswer(this.#cause ?? error),
        ),
      );
      this.close();
    };
    const abort = () => fail(cancelled());
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

  /** Reads the whole body as text. Rejects with an `OllamaError`, also when it is longer than `maxBytes`. */
  text(maxBytes = this.#options.limits.answer): Promise<string> {
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let length = 0;
      this.read({
        onBytes: (bytes) => {
          length += bytes.length;
          if (length > maxBytes)
            throw protocolError(`The response is larger than ${maxBytes} bytes.`);
          pieces.push(bytes);
        },
        onEnd: () => resolve(Buffer.concat(pieces).toString('utf8')),
        onError: reject,
      });
    });
  }

  /** The error this answer is, by its status or its form; `undefined` when its body may be read. */
  async refusal(): Promise<OllamaError | undefined> {
    const encoding = this.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      this.close();
      return protocolError(
        `The response is compressed (${encoding}), but Cria did not request compression.`,
      );
    }
    const isPage = /^text\/html/iu.test(this.headers['content-type'] ?? '');
    if (this.status === 200 && !isPage) return undefined;
    const body = await this.#explanation();
    return this.status === 200
      ? protocolError(
          'The response is a web page. This is not the address of an Ollama server.',
          body,
        )
      : errorOfAnswer(this.status, this.headers, body);
  }

  /** The body of an error. The status alone must do when it never ends, breaks off or is too long. */
  async #explanation(): Promise<string> {
    const { clock, timing, limits } = this.#options;
    const stopWaiting = clock.after(timing.answer, () => this.close());
    try {
      return await this.text(limits.line);
    } catch (error) {
      if (error instanceof OllamaError && error.kind !== 'cancelled') return '';
      throw error;
    } finally {
      stopWaiting();
    }
  }

  /** Reads the body as JSON. Rejects with an `OllamaError`. */
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
