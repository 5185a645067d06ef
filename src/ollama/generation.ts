import type { Answer } from './response';
import { AnswerReader } from './answerStream';
import { cancelled, OllamaError, type OllamaErrorKind } from './errors';
import { endOf, type ChatEvent, type DowngradedEvent, type StreamEnd } from './streamEvents';
import { EventStream, type Producer } from './eventStream';
import { ProgressWatch, type ProbeResult } from './progressWatch';
import type { RunningRequests } from './runningRequests';
import type { Connection } from './serverConnection';
import { errorOfConnection } from './connectionErrors';
import { readPs } from './responses';
import { isCloudName, sameModel } from './modelName';
import { pause, retryWait } from './limits';
import type { PsResponse } from './wire';

/** The body of a chat or generate request, as it is sent. */
export interface GenerationBody {
  readonly model: string;
  readonly [field: string]: unknown;
}

export interface GenerationRequest {
  readonly route: '/api/chat' | '/api/generate';
  readonly body: GenerationBody;
  readonly signal: AbortSignal | undefined;
}

/** Streams the answer to one chat or generate request. Nothing is sent before the first event is asked for. */
export function streamGeneration(
  connection: Connection,
  running: RunningRequests,
  request: GenerationRequest,
): EventStream<ChatEvent> {
  return new EventStream((stream) => new Generation(connection, running, request, stream));
}

/** Which field a model can do without, by the error it gave for it. */
const downgrades: Readonly<Partial<Record<OllamaErrorKind, DowngradedEvent['field']>>> = {
  unsupportedThink: 'think',
  unsupportedTools: 'tools',
};

const busyTries = 3;

class Generation implements Producer {
  readonly #connection: Connection;
  readonly #request: GenerationRequest;
  readonly #stream: EventStream<ChatEvent>;
  readonly #watch: ProgressWatch;
  readonly #running: RunningRequests;
  readonly #abort = new AbortController();
  #answer: Answer | undefined;
  #paused = false;
  #ended = false;
  #leaveQueue: () => void = () => undefined;

  constructor(
    connection: Connection,
    running: RunningRequests,
    request: GenerationRequest,
    stream: EventStream<ChatEvent>,
  ) {
    this.#connection = connection;
    this.#request = request;
    this.#stream = stream;
    this.#running = running;
    const { clock, timing } = connection;
    this.#watch = new ProgressWatch({
      clock,
      timing,
      probe: () => this.#probe(),
      isQueued: () => this.#isQueued(),
      isPaused: () => this.#paused,
      emit: (event) => stream.push(event),
    });
  }

  start(): void {
    const { signal, body } = this.#request;
    if (signal?.aborted === true) {
      this.#end(endOf(cancelled()));
      return;
    }
    const place = this.#running.begin(body.model);
    this.#leaveQueue = () => place.end();
    this.#isQueued = () => place.isQueued();
    signal?.addEventListener('abort', this.#stop, { once: true });
    void this.#run(body).then((end) => this.#end(end));
  }

  cancel(): void {
    this.#end(endOf(cancelled()));
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#answer?.resume();
  }

  /** The person stopped it: what was not read yet is dropped, and the connection closes at once. */
  readonly #stop = () => {
    this.#stream.clear();
    this.#end(endOf(cancelled()));
  };

  #isQueued: () => boolean = () => false;

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.signal?.removeEventListener('abort', this.#stop);
    this.#watch.stop();
    this.#leaveQueue();
    this.#stream.push({ type: 'end', end });
    this.#stream.close();
    // After a good end the connection stays, to be used again.
    if (end.kind !== 'done') this.#abort.abort();
  }

  /** Repeats the request where that is harmless: for a full queue, and without a field the model lacks. */
  async #run(first: GenerationBody): Promise<StreamEnd> {
    let body = first;
    for (let busy = 0; ;) {
      const end = await this.#attempt(body);
      if (this.#ended || end.kind !== 'serverError') return end;
      const field = downgrades[end.error.kind];
      if (field !== undefined && body[field] !== undefined) {
        body = { ...body, [field]: undefined };
        this.#stream.push({ type: 'downgraded', field });
      } else if (end.error.kind === 'busy' && end.error.status === 503 && busy < busyTries) {
        busy++;
        await this.#waitToRetry(busy);
      } else return end;
    }
  }

  async #waitToRetry(attempt: number): Promise<void> {
    this.#watch.waiting();
    const waitMs = retryWait(this.#connection, attempt);
    this.#stream.push({ type: 'retry', reason: 'busy', attempt, waitMs });
    await pause(this.#connection.clock, waitMs, this.#abort.signal);
  }

  async #attempt(body: GenerationBody): Promise<StreamEnd> {
    this.#watch.connecting();
    try {
      const answer = await this.#connection.send({
        method: 'POST',
        route: this.#request.route,
        body,
        signal: this.#abort.signal,
        onConnected: () => this.#watch.connected(),
        onStaleRetry: () =>
          this.#stream.push({ type: 'retry', reason: 'staleConnection', attempt: 1, waitMs: 0 }),
      });
      const refusal = await answer.refusal();
      return refusal ? { kind: 'serverError', error: refusal } : await this.#read(answer);
    } catch (error) {
      return endOf(errorOfConnection(error, this.#connection.endpoint));
    }
  }

  #read(answer: Answer): Promise<StreamEnd> {
    this.#answer = answer;
    return new Promise((resolve) => {
      new AnswerReader(answer, this.#connection, {
        onBytes: () => this.#watch.bytes(),
        onDelta: (delta) => {
          this.#stream.push(delta);
          if (!this.#stream.isFull || this.#paused) return;
          this.#paused = true;
          answer.pause();
        },
        onEnd: resolve,
      }).start();
    });
  }

  async #probe(): Promise<ProbeResult> {
    const { model } = this.#request.body;
    try {
      const { models } = await askPs(this.#connection, this.#abort.signal);
      const isReady = isCloudName(model) || models.some((loaded) => sameModel(loaded.name, model));
      return isReady ? 'loaded' : 'notLoaded';
    } catch (error) {
      // It answered, though not as Ollama does: a gateway that imitates a part of it.
      const answered =
        error instanceof OllamaError && (error.status !== undefined || error.kind === 'protocol');
      return answered ? 'alive' : 'dead';
    }
  }
}

/** On a socket of its own, so that it tells of the server and not of the request that waits. */
function askPs(connection: Connection, signal: AbortSignal): Promise<PsResponse> {
  return connection.ask(
    { method: 'GET', route: '/api/ps', alone: true, signal, limitMs: connection.timing.probe },
    async (answer) => readPs(await answer.json()),
  );
}
