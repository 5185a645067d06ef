import { errorOfConnection } from './connectionErrors';
import { cancelled, OllamaError, protocolError } from './errors';
import { EventStream, type Producer } from './eventStream';
import { isObject, parseJson } from './json';
import { pause, retryWait } from './limits';
import { LineScanner } from './lineScanner';
import type { Answer } from './response';
import { readPullLine } from './responses';
import type { Connection } from './serverConnection';
import { errorOfLine } from './serverErrors';
import { endOf, type PullEvent, type PullProgressEvent, type StreamEnd } from './streamEvents';
import type { PullLine } from './wire';

export interface PullRequest {
  readonly model: string;
  readonly signal: AbortSignal | undefined;
}

/** Streams the progress of a download. Nothing is sent before the first event is asked for. */
export function streamPull(connection: Connection, request: PullRequest): EventStream<PullEvent> {
  return new EventStream((stream) => new Pull(connection, request, stream));
}

const lostTries = 3;

class Pull implements Producer {
  readonly #connection: Connection;
  readonly #request: PullRequest;
  readonly #stream: EventStream<PullEvent>;
  readonly #progress = new PullProgress();
  readonly #abort = new AbortController();
  #begun = false;
  #ended = false;

  constructor(connection: Connection, request: PullRequest, stream: EventStream<PullEvent>) {
    this.#connection = connection;
    this.#request = request;
    this.#stream = stream;
  }

  start(): void {
    const { signal } = this.#request;
    if (signal?.aborted === true) {
      this.cancel();
      return;
    }
    signal?.addEventListener('abort', this.#stop, { once: true });
    void this.#run().then((end) => this.#end(end));
  }

  cancel(): void {
    this.#end(endOf(cancelled()));
  }

  readonly #stop = () => {
    this.#stream.clear();
    this.cancel();
  };

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.signal?.removeEventListener('abort', this.#stop);
    this.#stream.push({ type: 'end', end });
    this.#stream.close();
    this.#abort.abort();
  }

  /** A download that was cut off is asked for again: the server goes on from the parts that it has. */
  async #run(): Promise<StreamEnd> {
    for (let attempt = 1; ; attempt++) {
      const end = await this.#attempt();
      const lost = this.#begun && (end.kind === 'transportError' || end.kind === 'truncated');
      if (!lost || attempt > lostTries || this.#ended) return end;
      const waitMs = retryWait(this.#connection, attempt);
      this.#stream.push({ type: 'retry', reason: 'connectionLost', attempt, waitMs });
      await pause(this.#connection.clock, waitMs, this.#abort.signal);
    }
  }

  async #attempt(): Promise<StreamEnd> {
    try {
      const answer = await this.#connection.send({
        method: 'POST',
        route: '/api/pull',
        body: { model: this.#request.model, stream: true },
        signal: this.#abort.signal,
      });
      const refusal = await answer.refusal();
      return refusal ? { kind: 'serverError', error: refusal } : await this.#read(answer);
    } catch (error) {
      return endOf(errorOfConnection(error, this.#connection.endpoint));
    }
  }

  #read(answer: Answer): Promise<StreamEnd> {
    return new Promise((resolve) => {
      const take = (line: string) => {
        const end = this.#take(line);
        if (end) resolve(end);
      };
      const scanner = new LineScanner(this.#connection.limits.line, take);
      answer.read({
        onBytes: (bytes) => scanner.push(bytes),
        onEnd: () => {
          const rest = scanner.end();
          if (rest !== '' && (parseJson(rest) !== undefined || !rest.startsWith('{'))) take(rest);
          const error = new OllamaError('truncated', 'The download ended before it was complete.');
          resolve({ kind: 'truncated', error });
        },
        onError: (error) => resolve(endOf(error)),
      });
    });
  }

  #take(text: string): StreamEnd | undefined {
    try {
      const value = parseJson(text);
      if (!isObject(value))
        throw protocolError('The server sent a line that is not a JSON object.', text);
      if (value['error']) return { kind: 'serverError', error: errorOfLine(value) };
      const line = readPullLine(value);
      this.#begun = true;
      this.#stream.push(this.#progress.add(line));
      // Nothing else means that the model is there.
      return line.status === 'success'
        ? { kind: 'done', reason: 'success', metrics: {} }
        : undefined;
    } catch (error) {
      if (error instanceof OllamaError) return { kind: 'serverError', error };
      throw error;
    }
  }
}

/** Adds up the layers of a download; the server speaks of one at a time and never of all. */
export class PullProgress {
  readonly #layers = new Map<string, { totalBytes: number; completedBytes: number }>();

  add(line: PullLine): PullProgressEvent {
    const { status, digest } = line;
    if (digest === undefined) return { type: 'progress', status, overall: this.#overall() };
    // Both are left out when they are 0, so a layer that is only being looked at has neither.
    const before = this.#layers.get(digest);
    const totalBytes = line.total ?? before?.totalBytes ?? 0;
    const completedBytes = Math.min(line.completed ?? 0, totalBytes);
    this.#layers.set(digest, { totalBytes, completedBytes });
    return {
      type: 'progress',
      status,
      layer: { digest, totalBytes, completedBytes },
      overall: this.#overall(),
    };
  }

  #overall(): PullProgressEvent['overall'] {
    let totalBytes = 0;
    let completedBytes = 0;
    for (const layer of this.#layers.values()) {
      totalBytes += layer.totalBytes;
      completedBytes += layer.completedBytes;
    }
    return { totalBytes, completedBytes };
  }
}
