import type { HttpResponse } from './httpResponse';
import type { GenerationBody, RefusedFields } from './refusedFields';
import { cancelledError, type ServerError, toInternalError } from './serverError';
import {
  type ChatEvent,
  type DeltaEvent,
  type PromptProgress,
  type StreamEnd,
  toFailedEnd,
} from './streamEvents';
import { EventStream, type Producer } from './eventStream';
import { ProgressWatch, type ProbeResult } from './progressWatch';
import type { ServerConnection } from './serverConnection';
import { toConnectionError } from './networkErrors';
import { getRetryDelay, waitFor } from './limits';

export interface GenerationRequest {
  readonly route: string;
  readonly body: GenerationBody;
  readonly signal: AbortSignal | undefined;
}

export interface AnswerListener {
  onBytes(): void;
  /** Another server computes the answer; called once, before the text. */
  onRemote(host: string): void;
  /** The server works on the request, and no text has come yet. */
  onTaken(read?: PromptProgress): void;
  onDelta(delta: DeltaEvent): void;
  /** Called once, last. */
  onEnd(end: StreamEnd): void;
}

/** What differs between the APIs that answers are streamed from. */
export interface GenerationApi {
  /** Reads the body of a response with status 200. */
  readAnswer(response: HttpResponse, listener: AnswerListener): void;
  /** Asks the server about the model while no text arrives, within the limit of a probe. Never rejects. */
  probe(model: string, signal: AbortSignal): Promise<ProbeResult>;
  /** A refused request is repeated without the optional fields that the refusal is about. */
  readonly refusedFields: RefusedFields;
  /** The name of a model in the form that is equal for all names of the same model. */
  normalizeName(model: string): string;
}

/** One of our requests among the others to the same model. */
interface RunningRequest {
  /** Pieces of its answer that came while a later request was being answered, too. */
  overtakenPieces: number;
  hasBegun: boolean;
}

/** One piece can be the last of an answer that was over before the next one began. */
const minOvertakenPieces = 3;

/** Which models this client is asking, so that a request knows that it waits for another one. */
export class RunningRequests {
  readonly #byModel = new Map<string, Set<RunningRequest>>();
  /** How many requests the server was seen to answer at the same time. */
  #slots = 1;

  /** Adds a request to the model `name`, in its normal form; call `end` when it is over. */
  begin(name: string): {
    isQueued(): boolean;
    /** To be called for each piece of the answer. */
    bytes(): void;
    /** We are reading the answer later than it comes: its pieces prove nothing. */
    paused(): void;
    end(): void;
  } {
    const running = this.#byModel.get(name) ?? new Set();
    this.#byModel.set(name, running);
    const request: RunningRequest = { overtakenPieces: 0, hasBegun: false };
    running.add(request);
    return {
      // A set keeps the order of arrival: the first ones are being answered.
      isQueued: () => [...running].indexOf(request) >= this.#slots,
      bytes: () => {
        request.hasBegun = true;
        if (running.size > 1) this.#compare(request, [...running]);
      },
      paused: () => {
        request.overtakenPieces = -Infinity;
      },
      end: () => {
        running.delete(request);
        if (running.size === 0 && this.#byModel.get(name) === running) this.#byModel.delete(name);
      },
    };
  }

  /** Answers that come at the same time show that the server works on several requests. */
  #compare(request: RunningRequest, running: readonly RunningRequest[]): void {
    const last = running.findLastIndex(({ hasBegun }) => hasBegun);
    if (last < this.#slots || running.indexOf(request) === last) return;
    request.overtakenPieces += 1;
    if (request.overtakenPieces >= minOvertakenPieces) this.#slots = last + 1;
  }
}

/** Streams the answer to one request. Nothing is sent before the first event is requested. */
export function streamGeneration(
  connection: ServerConnection,
  running: RunningRequests,
  api: GenerationApi,
  request: GenerationRequest,
): EventStream<ChatEvent> {
  return new EventStream((stream) => new Generation(connection, running, api, request, stream));
}

const busyRetries = 3;
/** A server that asks for a longer wait is not asked again by itself, in milliseconds. */
const longestRetryWait = 60_000;

class Generation implements Producer {
  readonly #connection: ServerConnection;
  readonly #running: RunningRequests;
  readonly #api: GenerationApi;
  readonly #request: GenerationRequest;
  readonly #stream: EventStream<ChatEvent>;
  readonly #watch: ProgressWatch;
  readonly #abort = new AbortController();
  #response: HttpResponse | undefined;
  #paused = false;
  #ended = false;
  #hasText = false;
  #isQueued: () => boolean = () => false;
  #leaveQueue: () => void = () => undefined;
  #onPiece: () => void = () => undefined;
  #onPaused: () => void = () => undefined;

  constructor(
    connection: ServerConnection,
    running: RunningRequests,
    api: GenerationApi,
    request: GenerationRequest,
    stream: EventStream<ChatEvent>,
  ) {
    this.#connection = connection;
    this.#running = running;
    this.#api = api;
    this.#request = request;
    this.#stream = stream;
    const { clock, timing } = connection;
    this.#watch = new ProgressWatch({
      clock,
      timing,
      probe: () => api.probe(request.body.model, this.#abort.signal),
      isQueued: () => this.#isQueued(),
      isPaused: () => this.#paused,
      emit: (event) => stream.push(event),
    });
  }

  start(): void {
    const { signal, body } = this.#request;
    if (signal?.aborted === true) {
      this.#end(toFailedEnd(cancelledError()));
      return;
    }
    const entry = this.#running.begin(this.#api.normalizeName(body.model));
    this.#leaveQueue = () => entry.end();
    this.#isQueued = () => entry.isQueued();
    this.#onPiece = () => entry.bytes();
    this.#onPaused = () => entry.paused();
    signal?.addEventListener('abort', this.#stop, { once: true });
    void this.#run(body)
      .catch((error: unknown) => toFailedEnd(toInternalError(error)))
      .then((end) => this.#end(end));
  }

  cancel(): void {
    this.#end(toFailedEnd(cancelledError()));
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#response?.resume();
  }

  /** The user stopped it: events that were not read yet are dropped, and the connection closes at once. */
  readonly #stop = () => {
    this.#stream.clear();
    this.#end(toFailedEnd(cancelledError()));
  };

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.signal?.removeEventListener('abort', this.#stop);
    this.#watch.stop();
    this.#leaveQueue();
    this.#stream.push({ type: 'end', end: this.#connection.redactEnd(end) });
    this.#stream.close();
    // After `done` the connection stays open and is reused.
    if (end.kind !== 'done') this.#abort.abort();
  }

  /** Repeats the request where that is harmless: when the queue is full, and without refused fields. */
  async #run(first: GenerationBody): Promise<StreamEnd> {
    const { refusedFields } = this.#api;
    const name = this.#api.normalizeName(first.model);
    const downgraded = new Set<string>();
    for (let busy = 0; ;) {
      const body = refusedFields.without(name, first);
      const end = await this.#attempt(body);
      if (this.#ended || this.#hasText || end.kind !== 'serverError') return end;
      const refused = refusedFields.learn(name, body, end.error);
      for (const field of refused) {
        if (!downgraded.has(field)) this.#stream.push({ type: 'downgraded', field });
        downgraded.add(field);
      }
      if (refused.length > 0) continue;
      if (!isWorthWaiting(end.error) || busy >= busyRetries) return end;
      busy++;
      await this.#waitToRetry(busy, end.error.retryAfterMs);
    }
  }

  async #waitToRetry(attempt: number, askedMs = 0): Promise<void> {
    this.#watch.waiting();
    const waitMs = Math.max(askedMs, getRetryDelay(this.#connection, attempt));
    this.#stream.push({ type: 'retry', reason: 'busy', attempt, waitMs });
    await waitFor(this.#connection.clock, waitMs, this.#abort.signal);
  }

  async #attempt(body: GenerationBody): Promise<StreamEnd> {
    this.#watch.connecting();
    try {
      const response = await this.#connection.send({
        method: 'POST',
        route: this.#request.route,
        body,
        signal: this.#abort.signal,
        onConnected: () => this.#watch.connected(),
        onStaleRetry: () =>
          this.#stream.push({ type: 'retry', reason: 'staleConnection', attempt: 1, waitMs: 0 }),
      });
      const refusal = await response.refusal();
      return refusal ? { kind: 'serverError', error: refusal } : await this.#read(response);
    } catch (error) {
      return toFailedEnd(toConnectionError(error, this.#connection.endpoint));
    }
  }

  #read(response: HttpResponse): Promise<StreamEnd> {
    this.#response = response;
    return new Promise((resolve) => {
      this.#api.readAnswer(response, {
        onBytes: () => {
          this.#watch.bytes();
          this.#onPiece();
        },
        onRemote: (host) => this.#stream.push({ type: 'remote', host }),
        onTaken: (read) => this.#watch.taken(read),
        onDelta: (delta) => {
          this.#hasText = true;
          this.#stream.push(delta);
          if (!this.#stream.isFull || this.#paused) return;
          this.#paused = true;
          this.#onPaused();
          response.pause();
        },
        onEnd: resolve,
      });
    });
  }
}

/** A full queue empties by itself, and a server that names a time expects the request then. */
function isWorthWaiting({ kind, status, retryAfterMs }: ServerError): boolean {
  if (kind !== 'busy' && kind !== 'loading') return false;
  return retryAfterMs === undefined ? status === 503 : retryAfterMs <= longestRetryWait;
}
