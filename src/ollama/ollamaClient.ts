import http from 'node:http';
import https from 'node:https';
import { type Clock, systemClock } from '../shared/clock';
import { readAnswerLine } from './answerStream';
import type { Endpoint } from './endpoint';
import { protocolError } from './errors';
import { type GenerationBody, streamGeneration } from './generation';
import { defaultLimits, defaultTiming, type Limits, type Timing } from './limits';
import { streamPull } from './pull';
import { readPs, readShow, readTags, readVersion } from './responses';
import { RunningRequests } from './runningRequests';
import { Connection, type Question } from './serverConnection';
import type { ChatEvent, GenerateEvent, PullEvent } from './streamEvents';
import type {
  ChatRequest,
  GenerateRequest,
  LoadRequest,
  PsResponse,
  ShowResponse,
  TagsResponse,
} from './wire';

export interface ClientOptions {
  readonly endpoint: Endpoint;
  /** Sent with every request, such as an `Authorization` of the person's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 5000. Loading and generating have no limit. */
  readonly connectTimeoutMs?: number;
  readonly timing?: Partial<Timing>;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** From 0 to 1: spreads repetitions. */
  readonly random?: () => number;
  /** For certificates and proxies of one's own; default: Node's agents, as VS Code patches them. */
  readonly createAgent?: (options: http.AgentOptions) => http.Agent;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Ollama's HTTP API. Streams never throw for what happened on the wire: they end with exactly one `end`
 * event, after all text that came before it. Promises reject with an `OllamaError`. Leaving a stream or
 * aborting its signal closes the connection at once, which makes the server stop.
 */
export class OllamaClient {
  readonly #connection: Connection;
  readonly #running = new RunningRequests();

  constructor(options: ClientOptions) {
    const { endpoint, connectTimeoutMs = defaultTiming.connect } = options;
    const Agent = endpoint.protocol === 'https:' ? https.Agent : http.Agent;
    this.#connection = new Connection({
      endpoint,
      headers: options.headers ?? {},
      createAgent: options.createAgent ?? ((agentOptions) => new Agent(agentOptions)),
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      timing: { ...defaultTiming, connect: connectTimeoutMs, ...options.timing },
      limits: { ...defaultLimits, ...options.limits },
    });
  }

  /** Streams the answer to a conversation. */
  chat(request: ChatRequest, { signal }: CallOptions = {}): AsyncGenerator<ChatEvent, void, void> {
    const body = chatBody(request);
    return streamGeneration(this.#connection, this.#running, { route: '/api/chat', body, signal });
  }

  /** Streams the answer to a prompt; `context` goes on from an earlier answer. */
  generate(
    request: GenerateRequest,
    { signal }: CallOptions = {},
  ): AsyncGenerator<GenerateEvent, void, void> {
    const body = generateBody(request);
    return streamGeneration(this.#connection, this.#running, {
      route: '/api/generate',
      body,
      signal,
    });
  }

  /** Loads a model into memory and resolves when it is there, however long that takes. */
  load(model: string, request: LoadRequest = {}, { signal }: CallOptions = {}): Promise<void> {
    const { keepAlive: keep_alive, options } = request;
    return this.#changeMemory({ model, keep_alive, options, stream: false }, signal);
  }

  /** Takes a model out of memory. */
  unload(model: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#changeMemory({ model, keep_alive: 0, stream: false }, signal);
  }

  /** The installed models, newest first. */
  tags({ signal }: CallOptions = {}): Promise<TagsResponse> {
    return this.#json({ method: 'GET', route: '/api/tags', signal }, readTags);
  }

  /** What is known of one installed model. */
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

  /** Downloads a model. Stopping keeps what was downloaded: the next pull goes on from there. */
  pull(model: string, { signal }: CallOptions = {}): AsyncGenerator<PullEvent, void, void> {
    return streamPull(this.#connection, { model, signal });
  }

  /** Deletes a model from the server's disk. */
  remove(model: string, { signal }: CallOptions = {}): Promise<void> {
    const limitMs = this.#connection.timing.answer;
    const question: Question = {
      method: 'DELETE',
      route: '/api/delete',
      body: { model },
      signal,
      limitMs,
    };
    return this.#connection.ask(question, async (answer) => {
      const refusal = await answer.refusal();
      if (refusal) throw refusal;
      // The body is empty; reading it lets the connection be used again.
      await answer.text();
    });
  }

  /** Closes idle connections. Streams that are running go on to their own end. */
  dispose(): void {
    this.#connection.dispose();
  }

  #json<T>(question: Question, read: (value: unknown) => T): Promise<T> {
    const limitMs = this.#connection.timing.answer;
    return this.#connection.ask({ ...question, limitMs }, async (answer) =>
      read(await answer.json()),
    );
  }

  /** Generate without a prompt loads, or with `keep_alive: 0` unloads; it answers in one object. */
  #changeMemory(
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const question: Question = { method: 'POST', route: '/api/generate', body, signal };
    return this.#connection.ask(question, async (answer) => {
      const refusal = await answer.refusal();
      if (refusal) throw refusal;
      const { end } = readAnswerLine(await answer.text());
      if (end === undefined) throw protocolError('The server did not confirm success.');
      if (end.kind !== 'done') throw end.error;
    });
  }
}

/**
 * Ollama drops the start of a prompt that is too long without a word. `truncate: false` makes it refuse
 * the prompt instead, at once and with exact counts (since 0.12.6). `shift` is never sent: another value
 * than the loaded model's makes the server load it again.
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
    ...{ model, prompt, suffix, system, template, raw, images, context },
    ...{ think, format, keep_alive, options },
    ...always,
  };
}
