import type { AnswerListener } from '../http/generation';
import type { HttpResponse } from '../http/httpResponse';
import {
  isJsonObject,
  type JsonObject,
  optionalCount,
  parseJson,
  toJsonText,
} from '../http/jsonValues';
import type { Limits } from '../http/limits';
import { LineScanner } from '../http/lineScanner';
import { protocolError, ServerError } from '../http/serverError';
import { type DeltaEvent, type StreamEnd, toFailedEnd, type ToolCall } from '../http/streamEvents';
import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import type { Metrics } from '../shared/turn';
import { parseErrorLine } from './refusals';

/** What may follow the last line before the connection is closed; a correct server sends nothing. */
const lateBytes = 64 * 1024;
const lateMs = 1000;

/** Reads the lines of a chat or generate answer, and reports how it ended. */
export class AnswerReader {
  readonly #response: HttpResponse;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #listener: AnswerListener;
  readonly #scanner: LineScanner;
  #read = 0;
  #late = 0;
  #calls = 0;
  #ended = false;
  #isRemote = false;
  #stopDraining: () => void = () => undefined;

  constructor(
    response: HttpResponse,
    options: { limits: Limits; clock: Clock },
    listener: AnswerListener,
  ) {
    this.#response = response;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#listener = listener;
    this.#scanner = new LineScanner(this.#limits.lastLine, (line, bytes) =>
      this.#take(line, bytes),
    );
  }

  start(): void {
    this.#response.read({
      onBytes: (bytes) => this.#push(bytes),
      onEnd: () => this.#finish(),
      onError: (error) => this.#break(error),
    });
  }

  #push(bytes: Buffer): void {
    if (this.#ended) {
      this.#late += bytes.length;
      if (this.#late > lateBytes) this.#response.close();
      return;
    }
    this.#read += bytes.length;
    if (this.#read > this.#limits.stream) {
      throw protocolError(`The response is larger than ${this.#limits.stream} bytes.`);
    }
    this.#listener.onBytes();
    this.#scanner.push(bytes);
  }

  #take(text: string, bytes: number): void {
    if (this.#ended) return;
    const { remoteHost, delta, end } = readAnswerLine(text);
    if (bytes > this.#limits.line && end?.kind !== 'done') {
      throw protocolError(
        `A line of the response is longer than ${this.#limits.line} bytes.`,
        text,
      );
    }
    if (remoteHost !== undefined && !this.#isRemote) {
      this.#isRemote = true;
      this.#listener.onRemote(remoteHost);
    }
    if (delta) this.#listener.onDelta(delta.toolCalls ? this.#withIds(delta) : delta);
    if (end) this.#end(end);
  }

  /** Each call needs its own id to be answered; servers before 0.12.10 send none. */
  #withIds(delta: DeltaEvent): DeltaEvent {
    const toolCalls = delta.toolCalls?.map((call) => {
      this.#calls++;
      return call.id === '' ? { ...call, id: `call_${this.#calls}` } : call;
    });
    return defined({ ...delta, toolCalls });
  }

  /** The body ended cleanly: the rest may be a last line without a newline, or a torn one. */
  #finish(): void {
    this.#takeRest((rest) => !rest.startsWith('{'));
    this.#end({ kind: 'truncated', error: truncated() });
  }

  #break(error: ServerError): void {
    if (error.kind !== 'cancelled') this.#takeRest(() => false);
    this.#end(toFailedEnd(error));
  }

  /** Reads the text after the last newline, if it is a whole line or certainly not one of Ollama's. */
  #takeRest(isForeign: (rest: string) => boolean): void {
    this.#stopDraining();
    const rest = this.#ended ? '' : this.#scanner.end();
    if (rest === '' || (parseJson(rest) === undefined && !isForeign(rest))) return;
    try {
      this.#take(rest, Buffer.byteLength(rest));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      this.#end({ kind: 'serverError', error });
    }
  }

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    // After `done` the connection can be reused, if the body ends as it should.
    if (end.kind === 'done') {
      this.#response.resume();
      this.#stopDraining = this.#clock.after(lateMs, () => this.#response.close());
    } else this.#response.close();
    this.#listener.onEnd(end);
  }
}

function truncated(): ServerError {
  return new ServerError('truncated', 'The response ended before it was complete.');
}

/** The content of one line: neither, either or, on the last line, both. */
export interface AnswerLine {
  /** The server that computes the answer, if it is not this one. */
  readonly remoteHost?: string;
  readonly delta?: DeltaEvent;
  readonly end?: StreamEnd;
}

const nothing: AnswerLine = {};

/**
 * Reads a line of `/api/chat` or `/api/generate`. This runs once a token, hence no schema: one
 * `JSON.parse`, then only the fields that are used, where either route has them (`message.content` or
 * `response`). A line that is not a chunk ends the stream with a protocol error; it is never skipped.
 */
export function readAnswerLine(text: string): AnswerLine {
  const line = parseJson(text);
  if (!isJsonObject(line))
    return failed(protocolError('The server sent a line that is not a JSON object.', text));
  // An empty error is none, as in Go's `omitempty`.
  if (line['error']) return failed(parseErrorLine(line));
  const content = readText(line);
  if (typeof content === 'string') return failed(wrongType(content, text));
  const isRemote = Boolean(line['remote_host']) || Boolean(line['remote_model']);
  const read = isRemote ? { ...content, remoteHost: readRemoteHost(line) } : content;
  if (line['done'] === true) return { ...read, end: readDone(line) };
  return isFlag(line['done']) ? read : failed(wrongType('done', text));
}

/** A server that names another one in an odd way has named it, too. */
function readRemoteHost({ remote_host, remote_model }: JsonObject): string {
  const [host] = [remote_host, remote_model].filter(Boolean);
  return (typeof host === 'string' ? host : toJsonText(host)).slice(0, 200);
}

/** The text and the tool calls of a line, or the name of the field whose type is wrong. */
function readText(line: JsonObject): AnswerLine | string {
  const message = line['message'] ?? line;
  if (!isJsonObject(message)) return 'message';
  const content = message === line ? line['response'] : message['content'];
  const { thinking } = message;
  if (!isText(content)) return 'content';
  if (!isText(thinking)) return 'thinking';
  const toolCalls = message['tool_calls'] ?? line['tool_calls'];
  return toolCalls ? withTools(content, thinking, toolCalls) : textOnly(content, thinking);
}

type MaybeText = string | null | undefined;

function isText(value: unknown): value is MaybeText {
  return typeof value === 'string' || value === undefined || value === null;
}

function isFlag(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'boolean';
}

/** Servers also send chunks without text, which are not events. */
function textOnly(content: MaybeText, thinking: MaybeText): AnswerLine {
  if (!content && !thinking) return nothing;
  return { delta: { type: 'delta', content: content ?? '', thinking: thinking ?? '' } };
}

function withTools(content: MaybeText, thinking: MaybeText, calls: unknown): AnswerLine | string {
  if (!Array.isArray(calls)) return 'tool_calls';
  const toolCalls = calls.map(readToolCall);
  if (!toolCalls.every((call) => call !== undefined)) return 'tool_calls';
  if (toolCalls.length === 0) return textOnly(content, thinking);
  return { delta: { type: 'delta', content: content ?? '', thinking: thinking ?? '', toolCalls } };
}

/** A call without an id gets an empty one here; the stream, which counts the calls, replaces it. */
function readToolCall(value: unknown): ToolCall | undefined {
  const call =
    isJsonObject(value) && isJsonObject(value['function']) ? value['function'] : undefined;
  const name = call?.['name'];
  if (!isJsonObject(value) || typeof name !== 'string') return undefined;
  const parameters = call?.['arguments'] ?? {};
  if (!isJsonObject(parameters)) return undefined;
  const index = optionalCount(call?.['index']);
  return {
    id: typeof value['id'] === 'string' ? value['id'] : '',
    function: defined({ name, arguments: parameters, index }),
  };
}

function readDone(line: JsonObject): StreamEnd {
  const reason = line['done_reason'];
  const context = line['context'];
  return defined({
    kind: 'done',
    // Missing on servers before 0.1.35.
    reason: typeof reason === 'string' && reason !== '' ? reason : 'stop',
    metrics: readMetrics(line),
    context: isTokenIds(context) ? context : undefined,
  });
}

/** The counts and durations of the last line, as far as they are numbers. */
export function readMetrics(line: JsonObject): Metrics {
  return defined({
    totalDurationNs: optionalCount(line['total_duration']),
    loadDurationNs: optionalCount(line['load_duration']),
    promptEvalCount: optionalCount(line['prompt_eval_count']),
    promptEvalDurationNs: optionalCount(line['prompt_eval_duration']),
    evalCount: optionalCount(line['eval_count']),
    evalDurationNs: optionalCount(line['eval_duration']),
  });
}

function isTokenIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isInteger(id));
}

function failed(error: ServerError): AnswerLine {
  return { end: { kind: 'serverError', error } };
}

function wrongType(field: string, text: string): ServerError {
  return protocolError(`The server sent a line whose field "${field}" has the wrong type.`, text);
}
