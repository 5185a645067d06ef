import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Engine, type Sampling, type Token } from './engine';
import { modelName, type InstalledModel } from './installModel';
import card from './modelCard.json';

const TRAINED_CONTEXT = 8_192;
/** Ollama's defaults. */
const DEFAULT_CONTEXT = 4_096;
const DEFAULT_KEEP_ALIVE_MS = 300_000;

/** A model so small repeats itself, and would not end by itself. */
const parameters = { num_predict: 256, repeat_penalty: 1.1 };

interface Options {
  num_ctx?: number;
  num_predict?: number;
  temperature?: number;
  seed?: number;
  top_k?: number;
  top_p?: number;
  min_p?: number;
  repeat_penalty?: number;
  repeat_last_n?: number;
}

/** The bodies of `/api/chat` and `/api/generate`, as far as they matter here. */
interface Request {
  model?: string;
  messages?: { role: string; content: string }[];
  prompt?: string;
  system?: string;
  context?: Token[];
  raw?: boolean;
  keep_alive?: number | string | null;
  truncate?: boolean;
  think?: boolean | string;
  tools?: unknown[];
  options?: Options;
}

/** Answered as `{"error": message}` with a status, in Ollama's own words. */
class Failure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Serves the model in Ollama's form on this machine; resolves with the address. */
export async function serveModel(files: InstalledModel, port = 0): Promise<string> {
  const model = new ModelServer(new Engine(files));
  const server = http.createServer((request, response) => void model.handle(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

class ModelServer {
  readonly #engine: Engine;
  #queue: Promise<unknown> = Promise.resolve();
  #expiry: NodeJS.Timeout | undefined;
  #expiresAt = new Date();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const body = await text(request);
      const json = body === '' ? {} : (JSON.parse(body) as Request);
      await this.#route(request.url ?? '', json, response, gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return;
      const status = error instanceof Failure ? error.status : 500;
      if (!response.headersSent) response.writeHead(status, jsonType);
      response.end(`${JSON.stringify({ error: error instanceof Error ? error.message : '' })}\n`);
    }
  }

  async #route(
    path: string,
    request: Request,
    response: http.ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const isChat = path === '/api/chat';
    if (path === '/') response.end('Ollama is running');
    else if (path === '/api/version') sendJson(response, { version: '0.0.0' });
    else if (path === '/api/tags') sendJson(response, { models: [card.tags] });
    else if (path === '/api/ps') sendJson(response, { models: this.#inMemory() });
    else if (path === '/api/show') {
      requireModel(request);
      sendJson(response, card.show);
    } else if (isChat || path === '/api/generate') {
      requireModel(request);
      requireAble(request);
      const work = () => this.#answer(request, isChat, response, signal);
      const turn = this.#queue.then(work);
      this.#queue = turn.catch(() => undefined);
      await turn;
    } else {
      response.writeHead(404).end('404 page not found');
    }
  }

  #inMemory(): readonly unknown[] {
    const { contextLength } = this.#engine;
    if (contextLength === 0) return [];
    const loaded = { size_vram: 0, context_length: contextLength, expires_at: this.#expiresAt };
    return [{ ...card.tags, size: card.loadedSize, ...loaded }];
  }

  async #answer(
    request: Request,
    isChat: boolean,
    response: http.ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const received = process.hrtime.bigint();
    signal.throwIfAborted();
    clearTimeout(this.#expiry);
    const isIdle = isChat ? !request.messages?.length : !request.prompt;
    response.setHeader('content-type', 'application/x-ndjson');
    if (isIdle && request.keep_alive === 0) {
      await this.#engine.unload();
      response.end(line(isChat, '', { done: true, done_reason: 'unload' }));
      return;
    }
    const wanted = request.options?.num_ctx ?? DEFAULT_CONTEXT;
    await this.#engine.load(Math.min(wanted, TRAINED_CONTEXT), signal);
    const loadDuration = Number(process.hrtime.bigint() - received);
    try {
      if (isIdle) response.end(line(isChat, '', { done: true, done_reason: 'load' }));
      else {
        const end = await this.#stream(request, isChat, response, signal);
        const total = Number(process.hrtime.bigint() - received);
        const durations = { load_duration: loadDuration, total_duration: total };
        response.end(line(isChat, '', { done: true, ...end, ...durations }));
      }
    } finally {
      await this.#startExpiry(request.keep_alive);
    }
  }

  /** Streams the answer to a prompt, and returns fields of the last line. */
  async #stream(
    request: Request,
    isChat: boolean,
    response: http.ServerResponse,
    signal: AbortSignal,
  ): Promise<object> {
    const prompt = this.#prompt(request);
    const answer = this.#complete(prompt, request.options ?? {}, signal);
    let next = await answer.next();
    for (; next.done !== true; next = await answer.next()) {
      if (next.value === '') continue;
      const isFull = !response.write(line(isChat, next.value, { done: false }));
      if (isFull) await once(response, 'drain', { signal });
    }
    const { tokens, ...figures } = next.value;
    return isChat || request.raw ? figures : { ...figures, context: [...prompt, ...tokens] };
  }

  /** The tokens of a request. What is too long is refused, or cut as Ollama does with `truncate`. */
  #prompt({ messages, prompt = '', system, context = [], raw, truncate = true }: Request): Token[] {
    const asked = system ? [{ role: 'system', content: system }] : [];
    const turns = messages ?? [...asked, { role: 'user', content: prompt }];
    const tokens = [...context, ...this.#engine.tokenize(raw ? prompt : renderChat(turns))];
    const { contextLength } = this.#engine;
    if (tokens.length < contextLength) return tokens;
    if (truncate) return tokens.slice(-Math.floor(contextLength / 2));
    throw contextOverflow(tokens.length, contextLength);
  }

  /** Yields the answer's text and returns the figures of the last line. Durations are in nanoseconds. */
  async *#complete(prompt: readonly Token[], options: Options, signal: AbortSignal) {
    const started = process.hrtime.bigint();
    await this.#engine.read(prompt, signal);
    const answering = process.hrtime.bigint();
    const tokens: Token[] = [];
    const wanted = options.num_predict ?? parameters.num_predict;
    // Ollama ends an answer without a limit (-1) at ten times the context.
    const limit = wanted >= 0 ? wanted : 10 * this.#engine.contextLength;
    let reason = 'stop';
    for await (const { token, text: piece } of this.#engine.answer(
      prompt,
      sampling(options, tokens),
    )) {
      signal.throwIfAborted();
      tokens.push(token);
      yield piece;
      if (tokens.length < limit) continue;
      reason = 'length';
      break;
    }
    return {
      tokens,
      done_reason: reason,
      prompt_eval_count: prompt.length,
      prompt_eval_duration: Number(answering - started),
      eval_count: tokens.length,
      eval_duration: Number(process.hrtime.bigint() - answering),
    };
  }

  async #startExpiry(keepAlive: Request['keep_alive']): Promise<void> {
    const ms = keepAliveMs(keepAlive ?? undefined);
    this.#expiresAt = new Date(Date.now() + ms);
    if (ms === 0) await this.#engine.unload();
    else this.#expiry = setTimeout(() => void this.#engine.unload(), ms);
  }
}

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

function sendJson(response: http.ServerResponse, body: unknown): void {
  response.writeHead(200, jsonType).end(JSON.stringify(body));
}

/** One line of an answer. */
function line(isChat: boolean, content: string, rest: object): string {
  const answer = isChat ? { message: { role: 'assistant', content } } : { response: content };
  const head = { model: modelName, created_at: new Date().toISOString() };
  return `${JSON.stringify({ ...head, ...answer, ...rest })}\n`;
}

/** The ChatML prompt as Ollama's template of this model renders it. There is no default system message. */
function renderChat(messages: readonly { role: string; content: string }[]): string {
  const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return `${turns.join('')}<|im_start|>assistant\n`;
}

/** The model's and then Ollama's defaults where the request has none. */
function sampling(options: Options, answered: readonly Token[]): Sampling {
  const penalty = options.repeat_penalty ?? parameters.repeat_penalty;
  const punishTokens = (): readonly Token[] => answered.slice(-(options.repeat_last_n ?? 64));
  return {
    temperature: options.temperature ?? 0.8,
    topK: options.top_k ?? 40,
    topP: options.top_p ?? 0.9,
    minP: options.min_p ?? 0,
    repeatPenalty: { penalty, punishTokens },
    ...(options.seed === undefined || options.seed < 0 ? {} : { seed: options.seed }),
  };
}

/** From seconds or a Go duration of one unit, such as `10m`. A negative value means forever. */
function keepAliveMs(value: number | string | undefined): number {
  if (value === undefined) return DEFAULT_KEEP_ALIVE_MS;
  const [, amount = '', unit = 's'] = /^(-?[\d.]+)(ms|s|m|h)?$/u.exec(String(value)) ?? [];
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const ms = Number(amount) * (units[unit] ?? 1);
  // The longest time that a timer takes.
  const forever = 2 ** 31 - 1;
  return ms < 0 ? forever : Math.min(ms, forever);
}

function requireModel({ model = '' }: Request): void {
  if (model !== modelName) throw new Failure(404, `model '${model}' not found`);
}

function requireAble({ think, tools }: Request): void {
  if (think) throw new Failure(400, `"${modelName}" does not support thinking`);
  if (!tools?.length) return;
  throw new Failure(400, `registry.ollama.ai/library/${modelName} does not support tools`);
}

/** The refusal of `truncate: false`: llama.cpp's own JSON, which Ollama passes on inside its string. */
function contextOverflow(promptTokens: number, contextLength: number): Failure {
  const error = {
    code: 400,
    message: `request (${promptTokens} tokens) exceeds the available context size (${contextLength} tokens), try increasing it`,
    type: 'exceed_context_size_error',
    n_prompt_tokens: promptTokens,
    n_ctx: contextLength,
  };
  return new Failure(400, JSON.stringify({ error }));
}
