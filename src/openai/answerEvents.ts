import type { AnswerListener } from '../http/generation';
import type { HttpResponse } from '../http/httpResponse';
import { isJsonObject, parseJson } from '../http/jsonValues';
import type { Limits } from '../http/limits';
import { protocolError, ServerError, toExcerpt } from '../http/serverError';
import { type StreamEnd, toFailedEnd } from '../http/streamEvents';
import type { Clock } from '../shared/clock';
import type { Metrics } from '../shared/turn';
import { type AnswerChunk, readChunk } from './answerChunk';
import { EventScanner } from './eventScanner';
import { readStreamError } from './openaiErrors';

/** How long usage and timings are waited for after the reason of the end, in milliseconds. */
const tailMs = 2000;
/** How much text that belongs to no event is kept, in characters: one JSON object, or a proxy's message. */
const maxForeignLength = 64 * 1024;

/** What the reasons of an end mean; others are `stop`. */
const reasons: Readonly<Record<string, string>> = {
  length: 'length',
  max_tokens: 'length',
  content_filter: 'filter',
};

/** The part of a response that is needed. */
type Body = Pick<HttpResponse, 'read' | 'resume' | 'close'>;

/** Reads the events of an answer, whichever server sends them, and reports how it ended. */
export class AnswerEvents {
  readonly #response: Body;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #listener: AnswerListener;
  readonly #scanner: EventScanner;
  #read = 0;
  #firstTextMs: number | undefined;
  #lastTextMs = 0;
  #finish: string | undefined;
  #metrics: Metrics = {};
  #foreign = '';
  #hasEvents = false;
  #isClosing = false;
  #ended = false;
  #stopTail: () => void = () => undefined;

  constructor(response: Body, options: { limits: Limits; clock: Clock }, listener: AnswerListener) {
    this.#response = response;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#listener = listener;
    this.#scanner = new EventScanner(options.limits.line, {
      onEvent: (name, data) => this.#take(name, data),
      onComment: () => this.#alive(),
      onForeignLine: (line) => this.#keepForeign(line),
    });
  }

  start(): void {
    // The server has taken the request: some send this before they read the prompt, some with the first text.
    this.#listener.onTaken();
    this.#response.read({
      onBytes: (bytes) => this.#push(bytes),
      onEnd: () => this.#close(),
      onError: (error) => this.#break(error),
    });
  }

  #push(bytes: Buffer): void {
    if (this.#ended) return;
    this.#read += bytes.length;
    if (this.#read > this.#limits.stream) {
      throw protocolError(`The response is larger than ${this.#limits.stream} bytes.`);
    }
    this.#scanner.push(bytes);
  }

  #alive(): void {
    if (this.#firstTextMs === undefined) this.#listener.onTaken();
    else this.#listener.onBytes();
  }

  #keepForeign(line: string): void {
    if (this.#foreign.length < maxForeignLength) this.#foreign += `${line}\n`;
  }

  #take(name: string, data: string): void {
    if (this.#ended) return;
    this.#hasEvents = true;
    if (data === '[DONE]') this.#done();
    else if (name === 'error') this.#takeError(data);
    else if (name === '' || name === 'message') this.#takeChunk(data);
  }

  /** The data of `event: error` is an object in one of the forms of errors, or text. */
  #takeError(data: string): void {
    const value = parseJson(data);
    const isTorn = this.#isClosing && value === undefined && data.startsWith('{');
    if (!isTorn) this.#fail(readStreamError(isJsonObject(value) ? value : { error: data }));
  }

  #takeChunk(data: string): void {
    if (data.trim() === '') return;
    const value = parseJson(data);
    if (!isJsonObject(value)) {
      // A torn event at the end says nothing; the missing reason tells that the answer is cut off.
      if (this.#isClosing) return;
      this.#fail(protocolError('The server sent an event that is not a JSON object.', data));
      return;
    }
    this.#apply(readChunk(value));
  }

  #apply({ delta, finish, metrics, read, error }: AnswerChunk): void {
    if (delta) {
      this.#lastTextMs = this.#clock.monotonicMs();
      this.#firstTextMs ??= this.#lastTextMs;
      this.#listener.onBytes();
      this.#listener.onDelta(delta);
    } else if (read) this.#listener.onTaken(read);
    else this.#alive();
    if (metrics) this.#metrics = { ...this.#metrics, ...metrics };
    if (error) this.#fail(error);
    else if (finish !== undefined) this.#finishWith(finish);
  }

  /** Usage and timings follow in later events, soon. */
  #finishWith(reason: string): void {
    this.#finish ??= reason;
    this.#stopTail();
    this.#stopTail = this.#clock.after(tailMs, () => this.#done());
  }

  /** The server says that it is done, or enough time has passed since it did. */
  #done(): void {
    if (this.#ended) return;
    const finish = this.#finish;
    if (finish === undefined) this.#endWithoutReason();
    else if (finish === 'error')
      this.#fail(new ServerError('server', 'The server reported an error.'));
    else if (finish === 'abort') this.#truncated();
    else {
      const reason = reasons[finish] ?? 'stop';
      this.#end({ kind: 'done', reason, metrics: this.#measured() });
    }
  }

  /** The body ended cleanly. The last event may lack its blank line; one object is an answer that is not streamed. */
  #close(): void {
    if (this.#ended) return;
    this.#closeScanner();
    if (!this.#hasEvents && this.#foreign !== '') this.#takeWhole();
    this.#done();
  }

  /** No event came, but something else: an answer that is not streamed, an error, or no answer at all. */
  #takeWhole(): void {
    const value = parseJson(this.#foreign);
    const chunk = isJsonObject(value) ? readChunk(value) : {};
    if (chunk.error) this.#fail(chunk.error);
    else if (chunk.delta || chunk.finish !== undefined) {
      this.#apply({ ...chunk, finish: chunk.finish ?? 'stop' });
    } else this.#fail(protocolError('The response is not an answer of a chat API.', this.#foreign));
  }

  #break(error: ServerError): void {
    if (this.#ended) return;
    if (error.kind !== 'cancelled') this.#closeScanner();
    if (this.#finish !== undefined && error.kind !== 'cancelled') this.#done();
    else this.#end(toFailedEnd(error));
  }

  /** What is left is a whole event, or the torn part of one, which says nothing. */
  #closeScanner(): void {
    this.#isClosing = true;
    try {
      this.#scanner.end();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      this.#end({ kind: 'serverError', error });
    }
  }

  #endWithoutReason(): void {
    if (this.#firstTextMs !== undefined || this.#foreign !== '') this.#truncated();
    else this.#fail(emptyAnswer());
  }

  #truncated(): void {
    const words = toExcerpt(this.#foreign.trim());
    const message = 'The response ended before it was complete.';
    const error = new ServerError('truncated', words === '' ? message : `${message} ${words}`);
    this.#end({ kind: 'truncated', error });
  }

  #fail(error: ServerError): void {
    this.#end({ kind: 'serverError', error });
  }

  /** The server's own durations, else those that were measured here. */
  #measured(): Metrics {
    const evalDurationNs = (this.#lastTextMs - (this.#firstTextMs ?? this.#lastTextMs)) * 1e6;
    const isKnown = this.#metrics.evalDurationNs !== undefined || evalDurationNs === 0;
    return isKnown ? this.#metrics : { ...this.#metrics, evalDurationNs, measuredHere: true };
  }

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTail();
    // After `done` the connection can be reused, if the body ends soon.
    if (end.kind === 'done') {
      this.#response.resume();
      this.#stopTail = this.#clock.after(tailMs, () => this.#response.close());
    } else this.#response.close();
    this.#listener.onEnd(end);
  }
}

function emptyAnswer(): ServerError {
  const message = 'The server ended its response without any text.';
  return new ServerError('emptyAnswer', message, { status: 200 });
}
