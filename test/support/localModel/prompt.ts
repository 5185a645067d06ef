import { renderChat, renderQuestion, type TemplateMessage } from './chatTemplate';
import type { Engine } from './engine';
import { contextOverflow, Failure } from './failure';
import type { Token } from './llama';
import type { ChatRequest, GenerateRequest } from './request';

/**
 * The tokens of a chat. What does not fit is refused with `truncate: false`; else the oldest messages
 * go silently, as in Ollama.
 */
export function chatPrompt(engine: Engine, request: ChatRequest): Token[] {
  const messages = request.messages ?? [];
  if (messages.some(({ images }) => images?.length)) throw noImages();
  const tokens = engine.tokenize(renderChat(messages));
  if (fits(engine, tokens)) return tokens;
  if (!request.truncate) throw contextOverflow(tokens.length, contextLength(engine));
  return cut(engine, dropOldest(engine, messages));
}

/** The tokens of a single question, after the `context` of the answer before, if there is one. */
export function generatePrompt(engine: Engine, request: GenerateRequest): Token[] {
  const text = request.raw ? request.prompt : renderQuestion(request.prompt, request.system);
  const tokens = [...(request.context ?? []), ...engine.tokenize(text)];
  if (fits(engine, tokens)) return tokens;
  if (!request.truncate) throw contextOverflow(tokens.length, contextLength(engine));
  return cut(engine, tokens);
}

/** Without the oldest messages, but always with the system messages and the last. */
function dropOldest(engine: Engine, messages: readonly TemplateMessage[]): Token[] {
  const kept = [...messages];
  for (;;) {
    const tokens = engine.tokenize(renderChat(kept));
    const oldest = kept.findIndex(({ role }, at) => role !== 'system' && at < kept.length - 1);
    if (fits(engine, tokens) || oldest < 0) return tokens;
    kept.splice(oldest, 1);
  }
}

/** A prompt that still is too long is cut from the front to half the context. */
function cut(engine: Engine, tokens: Token[]): Token[] {
  return fits(engine, tokens) ? tokens : tokens.slice(-Math.floor(contextLength(engine) / 2));
}

function fits(engine: Engine, tokens: readonly Token[]): boolean {
  return tokens.length < contextLength(engine);
}

function contextLength(engine: Engine): number {
  return engine.contextLength ?? 0;
}

function noImages(): Failure {
  const message = 'Multimodal data provided, but model does not support multimodal requests.';
  const error = { code: 400, message, type: 'invalid_request_error' };
  return new Failure(400, JSON.stringify({ error }));
}
