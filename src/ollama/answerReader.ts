import type { Answer } from './response';
import { readAnswerLine } from './answerLine';
import type { Clock } from './ollamaClock';
import { OllamaError, protocolError } from './errors';
import { endOf, type DeltaEvent, type StreamEnd } from './streamEvents';
import { parseJson } from './json';
import type { Limits } from './limits';
import { LineScanner } from './lineScanner';

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
      throw protocolError(`The answer is longer than ${this.#limits.stream} bytes.`);
    }
    this.#listener.onBytes();
    this.#scanner.push(bytes);
  }

  #take(text: string, bytes: number): void {
    if (this.#ended) return;
    const { delta, end } = readAnswerLine(text);
    if (bytes > this.#limits.line && end?.kind !== 'done') {
      throw protocolError(`A line of the answer is longer than ${this.#limits.line} bytes.`, text);
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
  return new OllamaError('truncated', 'The answer ended without its last line.');
}
