import http from 'node:http';
import https from 'node:https';
import { type GenerationApi, RunningRequests, streamGeneration } from '../http/generation';
import { displayOrigin } from '../http/endpoint';
import type { HttpResponse } from '../http/httpResponse';
import { isJsonObject, toJsonText } from '../http/jsonValues';
import { defaultLimits, defaultTiming, type Limits, type Timing } from '../http/limits';
import type { ProbeResult } from '../http/progressWatch';
import { RefusedFields } from '../http/refusedFields';
import { ServerConnection, type ShortRequest } from '../http/serverConnection';
import { protocolError, ServerError } from '../http/serverError';
import type { ChatEvent } from '../http/streamEvents';
import { type Clock, systemClock } from '../shared/clock';
import { AnswerEvents } from './answerEvents';
import type { ApiBase } from './apiBase';
import {
  chatBody,
  type ChatMessage,
  findRefused,
  type OpenaiChatRequest,
  toTemplateOrder,
} from './chatRequest';
import { parseErrorResponse } from './openaiErrors';
import {
  type Flavor,
  type PromptCount,
  readCount,
  readModels,
  readVersion,
  type ServedModels,
} from './servedModels';

export interface OpenaiClientOptions {
  readonly base: ApiBase;
  /** Sent with every request, such as the user's own `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timing?: Partial<Timing>;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** From 0 to 1: spreads repetitions. */
  readonly random?: () => number;
  /** For other certificates and proxies; default: Node's agents, as VS Code patches them. */
  readonly createAgent?: (options: http.AgentOptions) => http.Agent;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The part of OpenAI's API that every compatible server has. Streams never throw for what happened on the wire:
 * they end with exactly one `end` event. Promises reject with a `ServerError`. Leaving a stream or aborting its
 * signal closes the connection at once, which makes the server stop.
 */
export class OpenaiClient {
  readonly #connection: ServerConnection;
  readonly #path: string;
  readonly #running = new RunningRequests();
  readonly #api: GenerationApi;
  #flavor: Flavor = 'unknown';
  #isRouter = false;
  /** Undefined: not asked yet. */
  #isLocalAi: boolean | undefined;

  constructor(options: OpenaiClientOptions) {
    const { root, path } = options.base;
    const Agent = root.protocol === 'https:' ? https.Agent : http.Agent;
    this.#path = path;
    this.#connection = new ServerConnection({
      endpoint: root,
      headers: options.headers ?? {},
      accept: 'text/event-stream, application/json',
      parseRefusal: parseErrorResponse,
      createAgent: options.createAgent ?? ((agentOptions) => new Agent(agentOptions)),
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      timing: { ...defaultTiming, ...options.timing },
      limits: { ...defaultLimits, ...options.limits },
    });
    this.#api = {
      readAnswer: (response, listener) =>
        new AnswerEvents(response, this.#connection, listener).start(),
      probe: (model, signal) => this.#probe(model, signal),
      refusedFields: new RefusedFields(findRefused),
      normalizeName: (model) => model,
    };
  }

  /** Which program it is, by its last list of models. */
  get flavor(): Flavor {
    return this.#flavor;
  }

  /** Streams the answer to a conversation. */
  chat(
    request: OpenaiChatRequest,
    { signal }: CallOptions = {},
  ): AsyncGenerator<ChatEvent, void, void> {
    const body = chatBody(request, this.#flavor);
    const route = `${this.#path}/chat/completions`;
    return streamGeneration(this.#connection, this.#running, this.#api, { route, body, signal });
  }

  /** The models that are offered. */
  async models({ signal }: CallOptions = {}): Promise<ServedModels> {
    const route = `${this.#path}/models`;
    const served = await this.#list(route, signal).catch((error: unknown) => {
      const address = `${displayOrigin(this.#connection.endpoint)}${route}`;
      if (!(error instanceof ServerError) || !addsSlash(address, error.location)) throw error;
      return this.#list(`${route}/`, signal);
    });
    if (served.flavor !== 'unknown') this.#isLocalAi = undefined;
    this.#flavor = this.#isLocalAi === true ? 'localai' : served.flavor;
    this.#isRouter = served.models.some(({ status }) => status !== undefined);
    return { ...served, flavor: this.#flavor };
  }

  /** LocalAI's list of models has no mark, but it has a file that names it. Call it after `models`. */
  async findUnmarked(): Promise<Flavor> {
    if (this.#flavor === 'unknown' && this.#isLocalAi === undefined) {
      const file = await this.lookUp('/.well-known/localai.json');
      this.#isLocalAi = isJsonObject(file) && file['error'] === undefined;
      if (this.#isLocalAi) this.#flavor = 'localai';
    }
    return this.#flavor;
  }

  /** Such as `0.32.0`; undefined where the server does not tell. */
  async version({ signal }: CallOptions = {}): Promise<string | undefined> {
    const routes: Partial<Record<Flavor, string>> = {
      llamacpp: '/props',
      vllm: '/version',
      localai: '/version',
    };
    const route = routes[this.#flavor];
    if (route === undefined) return undefined;
    return this.#optional(() =>
      this.#ask({ method: 'GET', route, signal }, async (it) => readVersion(await it.json())),
    );
  }

  /** Whether `count` may know. */
  get canCount(): boolean {
    return this.#flavor === 'llamacpp' || this.#flavor === 'vllm';
  }

  /** The exact length of a prompt; undefined where the server, or a gateway before it, has no such route. */
  async count(
    model: string,
    messages: readonly ChatMessage[],
    { signal }: CallOptions = {},
  ): Promise<PromptCount | undefined> {
    if (!this.canCount) return undefined;
    const route =
      this.#flavor === 'vllm' ? '/tokenize' : `${this.#path}/chat/completions/input_tokens`;
    const body = { model, messages: toTemplateOrder(messages) };
    return this.#optional(() =>
      this.#ask({ method: 'POST', route, body, signal }, async (response) =>
        readCount(await response.json()),
      ),
    );
  }

  /** What the server answers at a path below its root; undefined: nothing that is JSON, or nothing soon. */
  lookUp(route: string): Promise<unknown> {
    const limitMs = this.#connection.timing.probe;
    return this.#optional(() =>
      this.#connection.request({ method: 'GET', route, limitMs }, (response) => response.json()),
    );
  }

  /** Loads or unloads a model of a llama.cpp router. Resolves when the server has accepted it. */
  async changeMemory(model: string, change: 'load' | 'unload'): Promise<void> {
    const request: ShortRequest = {
      method: 'POST',
      route: `/models/${change}`,
      body: { model },
      limitMs: this.#connection.timing.answer,
    };
    await this.#connection.request(request, (response) => response.json());
  }

  /** Closes idle connections. Running streams continue to their end. */
  dispose(): void {
    this.#connection.dispose();
  }

  #list(route: string, signal: AbortSignal | undefined): Promise<ServedModels> {
    return this.#ask({ method: 'GET', route, signal }, async (response) => {
      const value = await response.json();
      return readModels(value, response.headers) ?? throwNotAList(value);
    });
  }

  #ask<T>(request: ShortRequest, use: (response: HttpResponse) => Promise<T>): Promise<T> {
    const limitMs = this.#connection.timing.answer;
    return this.#connection.request({ ...request, limitMs }, use);
  }

  /** Asks for what not every server has: a refusal means that it is not there. */
  async #optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ServerError && error.kind !== 'cancelled') return undefined;
      throw error;
    }
  }

  /**
   * Asks how the server is on its own socket. Any answer proves that it is alive. llama.cpp sends no header
   * while another request comes first, and its router none while it loads the model.
   */
  async #probe(model: string, signal: AbortSignal): Promise<ProbeResult> {
    const limitMs = this.#connection.timing.probe;
    const alive = this.#flavor === 'llamacpp' ? 'queued' : 'alive';
    try {
      if (this.#isRouter) return await this.#probeRouter(model, signal, limitMs);
      const route = healthRoutes[this.#flavor] ?? `${this.#path}/models`;
      const request: ShortRequest = { method: 'GET', route, alone: true, signal, limitMs };
      await this.#connection.request(request, (response) => response.text());
      return alive;
    } catch (error) {
      const hasAnswered =
        error instanceof ServerError && (error.status !== undefined || error.kind === 'protocol');
      return hasAnswered ? alive : 'dead';
    }
  }

  async #probeRouter(model: string, signal: AbortSignal, limitMs: number): Promise<ProbeResult> {
    const route = `${this.#path}/models`;
    const request: ShortRequest = { method: 'GET', route, alone: true, signal, limitMs };
    const served = await this.#connection.request(request, async (response) =>
      readModels(await response.json(), response.headers),
    );
    const status = served?.models.find(({ id }) => id === model)?.status;
    return status === 'loaded' ? 'queued' : 'notLoaded';
  }
}

/** Without a key, and without asking a model. LiteLLM's `/health` calls every model, so it is never asked. */
const healthRoutes: Readonly<Partial<Record<Flavor, string>>> = {
  llamacpp: '/health',
  vllm: '/health',
  sglang: '/health',
  litellm: '/health/liveliness',
};

/** Whether a redirect leads to the same address with a slash at its end: the only one that is followed. */
function addsSlash(address: string, location = ''): boolean {
  return URL.canParse(location, address) && new URL(location, address).href === `${address}/`;
}

function throwNotAList(value: unknown): never {
  throw protocolError('The response of /models is not a list of models.', toJsonText(value));
}
