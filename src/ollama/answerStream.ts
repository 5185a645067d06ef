import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import type { Metrics } from '../shared/turn';
import { OllamaError, protocolError } from './errors';
import { isObject, type JsonObject, optionalCount, parseJson } from './json';
import type { Limits } from './limits';
import { LineScanner } from './lineScanner';
import type { Answer } from './response';
import { errorOfLine } from './serverErrors';
import { type DeltaEvent, endOf, type StreamEnd } from './streamEvents';
import type { ToolCall } from './wire';

export interface AnswerListener {
  onBytes(): void;
  onDelta(delta: DeltaEvent): void;
  /** Called once, last. */
  onEnd(end: StreamEnd): void;
}

/** What may follow the last line before the connection is given up: nothing does, on a good server. */
const lateBytes = 64 * 1024;
const lateMs = 1000;

/** Reads the lines of a chat or generate answer, and tells how it ended. */
export class AnswerReader {
  readonly #answer: Answer;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #listener: AnswerListener;
  readonly #scanner: LineScanner;
  #read = 0;
  #late = 0;
  #calls = 0;
  #ended = false;
  #stopDraining: () => void = () => undefined;

  constructor(answer: Answer, options: { limits: Limits; clock: Clock }, listener: AnswerListener) {
    this.#answer = answer;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#listener = listener;
    this.#scanner = new LineScanner(this.#limits.lastLine, (line, bytes) =>
      this.#take(line, bytes),
    );
  }

  start(): void {
    this.#answer.read({
      onBytes: (bytes) => this.#push(bytes),
      onEnd: () => this.#finish(),
      onError: (error) => this.#break(error),
    });
  }

  #push(bytes: Buffer): void {
    if (this.#ended) {
      this.#late += bytes.length;
      if (this.#late > lateBytes) this.#answer.close();
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
    const { delta, end } = readAnswerLine(text);
    if (bytes > this.#limits.line && end?.kind !== 'done') {
      throw protocolError(
        `A line of the response is longer than ${this.#limits.line} bytes.`,
        text,
      );
    }
    if (delta) this.#listener.onDelta(delta.toolCalls ? this.#withIds(delta) : delta);
    if (end) this.#end(end);
  }

  /** Each call of an answer needs an id of its own to be answered; old servers give none. */
  #withIds(delta: DeltaEvent): DeltaEvent {
    const toolCalls = delta.toolCalls?.map((call) => {
      this.#calls++;
      return call.id === '' ? { ...call, id: `call_${this.#calls}` } : call;
    });
    return { ...delta, ...(toolCalls ? { toolCalls } : {}) };
  }

  /** The body ended in good order: what is left may be a last line without newline, or a torn one. */
  #finish(): void {
    this.#takeRest((rest) => !rest.startsWith('{'));
    this.#end({ kind: 'truncated', error: truncated() });
  }

  #break(error: OllamaError): void {
    if (error.kind !== 'cancelled') this.#takeRest(() => false);
    this.#end(endOf(error));
  }

  /** Reads what came after the last newline, if it is a whole line, or surely none of Ollama's. */
  #takeRest(isForeign: (rest: string) => boolean): void {
    this.#stopDraining();
    const rest = this.#ended ? '' : this.#scanner.end();
    if (rest === '' || (parseJson(rest) === undefined && !isForeign(rest))) return;
    try {
      this.#take(rest, Buffer.byteLength(rest));
    } catch (error) {
      if (!(error instanceof OllamaError)) throw error;
      this.#end({ kind: 'serverError', error });
    }
  }

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    // After `done` the connection may be used again, if the body ends as it should.
    if (end.kind === 'done') {
      this.#answer.resume();
      this.#stopDraining = this.#clock.after(lateMs, () => this.#answer.close());
    } else this.#answer.close();
    this.#listener.onEnd(end);
  }
}

function truncated(): OllamaError {
  return new OllamaError('truncated', 'The response ended before it was complete.');
}

/** What one line of an answer says; any of the two may be missing, and on the last line both may be there. */
export interface AnswerLine {
  readonly delta?: DeltaEvent;
  readonly end?: StreamEnd;
}

const nothing: AnswerLine = {};

/**
 * Reads a line of `/api/chat` or `/api/generate`. This runs once a token, hence no schema: one
 * `JSON.parse`, then only the fields that matter, in either route's place (`message.content` or
 * `response`). A line that is not a chunk ends the stream with a protocol error: it is never skipped.
 */
export function readAnswerLine(text: string): AnswerLine {
  const line = parseJson(text);
  if (!isObject(line))
    return failed(protocolError('The server sent a line that is not a JSON object.', text));
  // An empty error is none, as in Go's `omitempty`.
  if (line['error']) return failed(errorOfLine(line));
  const said = readText(line);
  if (typeof said === 'string') return failed(wrongType(said, text));
  if (line['done'] === true) return { ...said, end: readDone(line) };
  return isFlag(line['done']) ? said : failed(wrongType('done', text));
}

/** The text and the tool calls of a line, or the name of the field whose type is wrong. */
function readText(line: JsonObject): AnswerLine | string {
  const message = line['message'] ?? line;
  if (!isObject(message)) return 'message';
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

/** Servers also send chunks without text; they are no event. */
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

/** A call without an id gets an empty one here; the stream, which knows how many there were, names it. */
function readToolCall(value: unknown): ToolCall | undefined {
  const call = isObject(value) && isObject(value['function']) ? value['function'] : undefined;
  const name = call?.['name'];
  if (!isObject(value) || typeof name !== 'string') return undefined;
  const parameters = call?.['arguments'] ?? {};
  if (!isObject(parameters)) return undefined;
  const index = optionalCount(call?.['index']);
  return {
    id: typeof value['id'] === 'string' ? value['id'] : '',
    function: { name, arguments: parameters, ...(index === undefined ? {} : { index }) },
  };
}

function readDone(line: JsonObject): StreamEnd {
  const reason = line['done_reason'];
  const context = line['context'];
  return {
    kind: 'done',
    // Left out by servers before 0.1.35.
    reason: typeof reason === 'string' && reason !== '' ? reason : 'stop',
    metrics: readMetrics(line),
    ...(isTokenIds(context) ? { context } : {}),
  };
}

/** The counts and durations of the last line, wherever they are numbers. */
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

function failed(error: OllamaError): AnswerLine {
  return { end: { kind: 'serverError', error } };
}

function wrongType(field: string, text: string): OllamaError {
  return protocolError(`The server sent a line whose field "${field}" has the wrong type.`, text);
}
