import { toConnectionError } from '../http/networkErrors';
import { cancelledError, protocolError, ServerError, toInternalError } from '../http/serverError';
import { EventStream, type Producer } from '../http/eventStream';
import { isJsonObject, parseJson } from '../http/jsonValues';
import { getRetryDelay, waitFor } from '../http/limits';
import { LineScanner } from '../http/lineScanner';
import type { HttpResponse } from '../http/httpResponse';
import type { ServerConnection } from '../http/serverConnection';
import { type EndEvent, type RetryEvent, type StreamEnd, toFailedEnd } from '../http/streamEvents';
import { parseErrorLine } from './refusals';
import { type PullLine, readPullLine } from './responses';

/** A line of a download. */
export interface PullProgressEvent {
  readonly type: 'progress';
  /** As the server writes it, such as `verifying sha256 digest`. */
  readonly status: string;
  /** The layer that is being downloaded. Bytes. */
  readonly layer?: {
    readonly digest: string;
    readonly totalBytes: number;
    readonly completedBytes: number;
  };
  /** Over the layers that were named so far: the server does not list them in advance. Bytes. */
  readonly overall: { readonly totalBytes: number; readonly completedBytes: number };
}

export type PullEvent = PullProgressEvent | RetryEvent | EndEvent;

export interface PullRequest {
  readonly model: string;
  readonly signal: AbortSignal | undefined;
}

/** Streams the progress of a download. Nothing is sent before the first event is requested. */
export function streamPull(
  connection: ServerConnection,
  request: PullRequest,
): EventStream<PullEvent> {
  return new EventStream((stream) => new Pull(connection, request, stream));
}

const lostRetries = 3;

/** What of a status is shown, in UTF-16 code units. */
const maxStatusLength = 500;

class Pull implements Producer {
  readonly #connection: ServerConnection;
  readonly #request: PullRequest;
  readonly #stream: EventStream<PullEvent>;
  readonly #progress = new PullProgress();
  readonly #abort = new AbortController();
  #started = false;
  #ended = false;

  constructor(connection: ServerConnection, request: PullRequest, stream: EventStream<PullEvent>) {
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
    void this.#run()
      .catch((error: unknown) => toFailedEnd(toInternalError(error)))
      .then((end) => this.#end(end));
  }

  cancel(): void {
    this.#end(toFailedEnd(cancelledError()));
  }

  readonly #stop = () => {
    this.#stream.clear();
    this.cancel();
  };

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.signal?.removeEventListener('abort', this.#stop);
    this.#stream.push({ type: 'end', end: this.#connection.redactEnd(end) });
    this.#stream.close();
    this.#abort.abort();
  }

  /** A download that was cut off is requested again: the server continues from the parts that it has. */
  async #run(): Promise<StreamEnd> {
    for (let attempt = 1; ; attempt++) {
      const end = await this.#attempt();
      const lost = this.#started && (end.kind === 'transportError' || end.kind === 'truncated');
      if (!lost || attempt > lostRetries || this.#ended) return end;
      const waitMs = getRetryDelay(this.#connection, attempt);
      this.#stream.push({ type: 'retry', reason: 'connectionLost', attempt, waitMs });
      await waitFor(this.#connection.clock, waitMs, this.#abort.signal);
    }
  }

  async #attempt(): Promise<StreamEnd> {
    try {
      const response = await this.#connection.send({
        method: 'POST',
        route: '/api/pull',
        body: { model: this.#request.model, stream: true },
        signal: this.#abort.signal,
      });
      const refusal = await response.refusal();
      return refusal ? { kind: 'serverError', error: refusal } : await this.#read(response);
    } catch (error) {
      return toFailedEnd(toConnectionError(error, this.#connection.endpoint));
    }
  }

  #read(response: HttpResponse): Promise<StreamEnd> {
    return new Promise((resolve) => {
      const take = (line: string) => {
        const end = this.#take(line);
        if (end) resolve(end);
      };
      const scanner = new LineScanner(this.#connection.limits.line, take);
      response.read({
        onBytes: (bytes) => scanner.push(bytes),
        onEnd: () => {
          const rest = scanner.end();
          if (rest !== '' && (parseJson(rest) !== undefined || !rest.startsWith('{'))) take(rest);
          const error = new ServerError('truncated', 'The download ended before it was complete.');
          resolve({ kind: 'truncated', error });
        },
        onError: (error) => resolve(toFailedEnd(error)),
      });
    });
  }

  #take(text: string): StreamEnd | undefined {
    try {
      const value = parseJson(text);
      if (!isJsonObject(value))
        throw protocolError('The server sent a line that is not a JSON object.', text);
      if (value['error']) return { kind: 'serverError', error: parseErrorLine(value) };
      const line = readPullLine(value);
      this.#started = true;
      const status = this.#connection.redactText(line.status.slice(0, maxStatusLength));
      this.#stream.push(this.#progress.add({ ...line, status }));
      // No other status means that the model is installed.
      return line.status === 'success'
        ? { kind: 'done', reason: 'success', metrics: {} }
        : undefined;
    } catch (error) {
      if (error instanceof ServerError) return { kind: 'serverError', error };
      throw error;
    }
  }
}

/** Adds up the layers of a download: the server reports one at a time and never all. */
export class PullProgress {
  readonly #layers = new Map<string, { totalBytes: number; completedBytes: number }>();

  add(line: PullLine): PullProgressEvent {
    const { status, digest } = line;
    if (digest === undefined) return { type: 'progress', status, overall: this.#overall() };
    // Both are left out when they are 0, so a layer that is only being verified has neither.
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
