import type { IncomingMessage, ServerResponse } from 'node:http';
import { lineEnd, lineStart, sendJson, writeLine, type Stopwatch } from './answer';
import { complete, type Completion } from './completion';
import type { Engine } from './engine';
import type { Token } from './llama';
import { loadedRow, showAnswer, tagsAnswer } from './modelCard';
import { chatPrompt, generatePrompt } from './prompt';
import {
  readChat,
  readGenerate,
  readShow,
  type ChatRequest,
  type GenerateRequest,
} from './request';
import type { Runner } from './runner';

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the client closes the connection. */
  signal: AbortSignal;
}

export type Route = (exchange: Exchange) => Promise<void>;

/** What differs between the two endpoints that answer. */
interface Endpoint {
  request: ChatRequest | GenerateRequest;
  /** Nothing to answer: the request only loads the model, or unloads it. */
  idle: boolean;
  prompt: () => Token[];
  payload: (text: string) => Record<string, unknown>;
  ending: (prompt: readonly Token[], completion: Completion) => Record<string, unknown>;
}

/** The routes of a local model, by method and path. */
export function createRoutes(engine: Engine, runner: Runner): Record<string, Route> {
  return {
    'GET /': ({ response }) => sendText(response),
    'HEAD /': ({ response }) => sendText(response),
    'GET /api/version': json(() => ({ version: '0.0.0' })),
    'GET /api/tags': json(tagsAnswer),
    'GET /api/ps': json(() => {
      const loaded = runner.loaded();
      return { models: loaded ? [loadedRow(loaded.contextLength, loaded.expiresAt)] : [] };
    }),
    'POST /api/show': async ({ request, response }) => {
      await readShow(request);
      sendJson(response, 200, showAnswer());
    },
    'POST /api/chat': async (exchange) => {
      const request = await readChat(exchange.request);
      await respond(engine, runner, exchange, chatEndpoint(engine, request));
    },
    'POST /api/generate': async (exchange) => {
      const request = await readGenerate(exchange.request);
      await respond(engine, runner, exchange, generateEndpoint(engine, request));
    },
  };
}

function json(answer: () => unknown): Route {
  return ({ response }) => {
    sendJson(response, 200, answer());
    return Promise.resolve();
  };
}

function sendText(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('Ollama is running');
  return Promise.resolve();
}

function chatEndpoint(engine: Engine, request: ChatRequest): Endpoint {
  return {
    request,
    idle: !request.messages?.length,
    prompt: () => chatPrompt(engine, request),
    payload: (content) => ({ message: { role: 'assistant', content } }),
    ending: () => ({}),
  };
}

function generateEndpoint(engine: Engine, request: GenerateRequest): Endpoint {
  return {
    request,
    idle: request.prompt === '',
    prompt: () => generatePrompt(engine, request),
    payload: (response) => ({ response }),
    // The context is what `context` of the next request continues from.
    ending: (prompt, { tokens }) => (request.raw ? {} : { context: [...prompt, ...tokens] }),
  };
}

async function respond(
  engine: Engine,
  runner: Runner,
  { response, signal }: Exchange,
  endpoint: Endpoint,
): Promise<void> {
  const received = process.hrtime.bigint();
  const { request } = endpoint;
  if (endpoint.idle && request.keep_alive === 0) {
    await runner.unload();
    sendJson(response, 200, idleLine(endpoint, 'unload'));
    return;
  }
  await runner.run(request, signal, async () => {
    const stopwatch = { received, loaded: process.hrtime.bigint() };
    if (endpoint.idle) sendJson(response, 200, idleLine(endpoint, 'load'));
    else await answer(engine, endpoint, { response, signal }, stopwatch);
  });
}

function idleLine({ payload }: Endpoint, reason: 'load' | 'unload'): unknown {
  return { ...lineStart(), ...payload(''), done: true, done_reason: reason };
}

async function answer(
  engine: Engine,
  { request, ...endpoint }: Endpoint,
  { response, signal }: Pick<Exchange, 'response' | 'signal'>,
  stopwatch: Stopwatch,
): Promise<void> {
  const prompt = endpoint.prompt();
  const pieces = complete(engine, prompt, request.options ?? {}, signal);
  const streaming = request.stream;
  let whole = '';
  let next = await pieces.next();
  while (next.done !== true) {
    if (streaming) {
      const line = { ...lineStart(), ...endpoint.payload(next.value), done: false };
      await writeLine(response, line, signal);
    } else {
      whole += next.value;
    }
    next = await pieces.next();
  }
  const last = {
    ...lineStart(),
    ...endpoint.payload(whole),
    ...lineEnd(next.value, prompt, stopwatch),
    ...endpoint.ending(prompt, next.value),
  };
  if (!streaming) {
    sendJson(response, 200, last);
    return;
  }
  await writeLine(response, last, signal);
  response.end();
}
