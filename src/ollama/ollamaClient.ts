import http from 'node:http';
import https from 'node:https';
import type { Endpoint } from '../http/endpoint';
import { type GenerationApi, RunningRequests, streamGeneration } from '../http/generation';
import { defaultLimits, defaultTiming, type Limits, type Timing } from '../http/limits';
import type { ProbeResult } from '../http/progressWatch';
import { type GenerationBody, RefusedFields, type Replacement } from '../http/refusedFields';
import { ServerConnection, type ShortRequest } from '../http/serverConnection';
import { protocolError, ServerError, type ServerErrorKind } from '../http/serverError';
import type { ChatEvent } from '../http/streamEvents';
import { type Clock, systemClock } from '../shared/clock';
import { AnswerReader, readAnswerLine } from './answerStream';
import { fullName, isCloudName, sameModel } from './modelName';
import type { ChatRequest, GenerateRequest, LoadRequest } from './ollamaApi';
import { type PullEvent, streamPull } from './pull';
import { parseErrorResponse } from './refusals';
import {
  type PsModel,
  type PsResponse,
  readPs,
  readShow,
  readTags,
  readVersion,
  type ShowResponse,
  type TagsModel,
  type TagsResponse,
} from './responses';

export interface ClientOptions {
  readonly endpoint: Endpoint;
  /** Sent with every request, such as the user's own `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 5000. Loading and generating have no limit. */
  readonly connectTimeoutMs?: number;
  readonly timing?: Partial<Timing>;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** From 0 to 1: spreads repetitions. */
  readonly random?: () => number;
  /** For other certificates and proxies; default: Node's agents, as VS Code patches them. */
  readonly createAgent?: (options: http.AgentOptions) => http.Agent;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Ollama's HTTP API. Streams never throw for what happened on the wire: they end with exactly one `end`
 * event, after all text before it. Promises reject with a `ServerError`. Leaving a stream or aborting its
 * signal closes the connection at once, which makes the server stop.
 */
export class OllamaClient {
  readonly #connection: ServerConnection;
  readonly #running = new RunningRequests();
  readonly #api: GenerationApi = {
    readAnswer: (response, listener) =>
      new AnswerReader(response, this.#connection, listener).start(),
    probe: (model, signal) => probeModel(this.#connection, model, signal),
    refusedFields: new RefusedFields(findRefused),
    normalizeName: fullName,
  };

  constructor(options: ClientOptions) {
    const { endpoint, connectTimeoutMs = defaultTiming.connect } = options;
    const Agent = endpoint.protocol === 'https:' ? https.Agent : http.Agent;
    this.#connection = new ServerConnection({
      endpoint,
      headers: options.headers ?? {},
      accept: 'application/x-ndjson, application/json',
      parseRefusal: parseErrorResponse,
      createAgent: options.createAgent ?? ((agentOptions) => new Agent(agentOptions)),
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      timing: { ...defaultTiming, connect: connectTimeoutMs, ...options.timing },
      limits: { ...defaultLimits, ...options.limits },
    });
  }

  /** Streams the answer to a conversation. */
  chat(request: ChatRequest, { signal }: CallOptions = {}): AsyncGenerator<ChatEvent, void, void> {
    return this.#stream('/api/chat', chatBody(request), signal);
  }

  /** Streams the answer to a prompt; `context` continues from an earlier answer. */
  generate(
    request: GenerateRequest,
    { signal }: CallOptions = {},
  ): AsyncGenerator<ChatEvent, void, void> {
    return this.#stream('/api/generate', generateBody(request), signal);
  }

  /** Loads a model into memory and resolves when it is loaded, without a time limit. */
  load(model: string, request: LoadRequest = {}, { signal }: CallOptions = {}): Promise<void> {
    const { keepAlive: keep_alive, options } = request;
    return this.#changeMemory({ model, keep_alive, options, stream: false }, signal);
  }

  /** Removes a model from memory. */
  unload(model: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#changeMemory({ model, keep_alive: 0, stream: false }, signal);
  }

  /** The installed models, newest first. */
  tags({ signal }: CallOptions = {}): Promise<TagsResponse> {
    return this.#json({ method: 'GET', route: '/api/tags', signal }, readTags);
  }

  /** Details of one installed model. */
  show(model: string, { signal }: CallOptions = {}): Promise<ShowResponse> {
    return this.#json({ method: 'POST', route: '/api/show', body: { model }, signal }, readShow);
  }

  /** The models in memory. */
  ps({ signal }: CallOptions = {}): Promise<PsResponse> {
    return this.#json({ method: 'GET', route: '/api/ps', signal }, readPs);
  }

  /** Such as `0.32.15`; a development build says `0.0.0`. */
  version({ signal }: CallOptions = {}): Promise<string> {
    return this.#json({ method: 'GET', route: '/api/version', signal }, readVersion);
  }

  /** Downloads a model. Stopping keeps what was downloaded: the next pull continues from there. */
  pull(model: string, { signal }: CallOptions = {}): AsyncGenerator<PullEvent, void, void> {
    return streamPull(this.#connection, { model, signal });
  }

  /** Deletes a model from the server's disk. */
  remove(model: string, { signal }: CallOptions = {}): Promise<void> {
    const limitMs = this.#connection.timing.answer;
    const request: ShortRequest = {
      method: 'DELETE',
      route: '/api/delete',
      body: { model },
      signal,
      limitMs,
    };
    return this.#connection.request(request, async (response) => {
      const refusal = await response.refusal();
      if (refusal) throw refusal;
      // The body is empty; reading it lets the connection be used again.
      await response.text();
    });
  }

  /** Closes idle connections. Running streams continue to their end. */
  dispose(): void {
    this.#connection.dispose();
  }

  #stream(
    route: string,
    body: GenerationBody,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ChatEvent, void, void> {
    return streamGeneration(this.#connection, this.#running, this.#api, { route, body, signal });
  }

  #json<T>(request: ShortRequest, read: (value: unknown) => T): Promise<T> {
    const limitMs = this.#connection.timing.answer;
    return this.#connection.request({ ...request, limitMs }, async (response) =>
      read(await response.json()),
    );
  }

  /** Generate without a prompt loads, or with `keep_alive: 0` unloads; it answers in one object. */
  #changeMemory(
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const request: ShortRequest = { method: 'POST', route: '/api/generate', body, signal };
    return this.#connection.request(request, async (response) => {
      const refusal = await response.refusal();
      if (refusal) throw refusal;
      const { end } = readAnswerLine(await response.text());
      if (end === undefined) throw protocolError('The server did not confirm success.');
      if (end.kind !== 'done') throw end.error;
    });
  }
}

const optionalFields: Readonly<Partial<Record<ServerErrorKind, string>>> = {
  unsupportedThink: 'think',
  unsupportedTools: 'tools',
};

/** A level that the model does not know is plain thinking before it is none. */
function findRefused(
  body: GenerationBody,
  { kind }: ServerError,
): ReadonlyMap<string, Replacement> {
  const field = optionalFields[kind];
  if (field === undefined) return new Map();
  const isLevel = field === 'think' && typeof body[field] === 'string';
  return new Map([[field, isLevel ? { value: true } : {}]]);
}

/** Asks `/api/ps` on its own socket, so that the answer is about the server and not about the waiting request. */
async function probeModel(
  connection: ServerConnection,
  model: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    const ask = <T>(route: string, read: (value: unknown) => T): Promise<T> =>
      connection.request(
        { method: 'GET', route, alone: true, signal, limitMs: connection.timing.probe },
        async (response) => read(await response.json()),
      );
    const { models } = await ask('/api/ps', readPs);
    if (isCloudName(model) || models.some((loaded) => sameModel(loaded.name, model))) {
      return 'loaded';
    }
    if (models.length === 0) return 'notLoaded';
    const { models: installed } = await ask('/api/tags', readTags);
    return findLoadedAlias(model, installed, models);
  } catch (error) {
    // It answered, though not as Ollama does: a gateway that implements a part of the API.
    const answered =
      error instanceof ServerError &&
      (error.status !== undefined || error.kind === 'protocol' || error.kind === 'internal');
    return answered ? 'alive' : 'dead';
  }
}

/**
 * `/api/ps` lists a running model under the name that loaded it. A copy has the same digest; a model that
 * was derived by a Modelfile shares the weights, so that its size differs by some kilobytes at most, and
 * whether it still has to be loaded is unknown.
 */
function findLoadedAlias(
  model: string,
  installed: readonly TagsModel[],
  loaded: readonly PsModel[],
): ProbeResult {
  const wanted = installed.find(({ name }) => sameModel(name, model));
  if (!wanted) return 'notLoaded';
  const isCopy = loaded.some(({ digest }) => digest !== undefined && digest === wanted.digest);
  if (isCopy) return 'loaded';
  const sharesWeights = loaded.some(({ name }) => {
    const other = installed.find((one) => sameModel(one.name, name));
    return other !== undefined && Math.abs(other.size - wanted.size) < sharedWeightsBytes;
  });
  return sharesWeights ? 'alive' : 'notLoaded';
}

const sharedWeightsBytes = 64 * 1024;

/**
 * Ollama silently truncates a prompt that is too long. `truncate: false` makes it refuse the prompt
 * instead, at once and with exact counts (since 0.12.6). `shift` is never sent: a value other than the
 * loaded model's makes the server reload it.
 */
const always = { stream: true, truncate: false } as const;

export function chatBody(request: ChatRequest): GenerationBody {
  const { model, messages, tools, think, format, keep_alive, options } = request;
  return { model, messages, tools, think, format, keep_alive, options, ...always };
}

export function generateBody(request: GenerateRequest): GenerationBody {
  const { model, prompt, suffix, system, template, raw, images, context } = request;
  const { think, format, keep_alive, options } = request;
  return {
    model,
    prompt,
    suffix,
    system,
    template,
    raw,
    images,
    context,
    think,
    format,
    keep_alive,
    options,
    ...always,
  };
}
