import { readFileSync, readdirSync } from 'node:fs';
import { inRepo } from '../folders';
import { pace, type Exchange, type Gate, type Pacing, type Script } from './exchange';

/** How the server leaves the connection after the last byte. */
type Ending = 'finish' | 'reset' | 'hang';

interface RawOptions {
  readonly pacing?: Pacing;
  /** Default `finish`. */
  readonly end?: Ending;
}

/** Writes these pieces to the socket itself, status line and framing included. */
export function raw(pieces: readonly (string | Uint8Array)[], options: RawOptions = {}): Script {
  return async (exchange) => {
    for (const piece of pieces) {
      await pace(exchange, options.pacing ?? 'fast');
      if (exchange.aborted) return;
      await exchange.raw(piece);
    }
    if (options.end === 'hang') return;
    if (options.end === 'reset') exchange.reset();
    else exchange.finish();
  };
}

/** Sends what a real server sent, byte for byte: test/recordings/`name`.json. */
export function replay(name: string, options: RawOptions = {}): Script {
  const recording = loadRecording(name);
  const neverEnds = recording.end === 'eof' ? 'finish' : 'hang';
  return async (exchange) => {
    let sentMs = recording.response[0]?.[0] ?? 0;
    for (const [atMs, text] of recording.response) {
      await pace(exchange, options.pacing ?? 'fast', atMs - sentMs);
      if (exchange.aborted) return;
      sentMs = atMs;
      await exchange.raw(text);
    }
    await raw([], { end: options.end ?? neverEnds })(exchange);
  };
}

/** Answers with JSON, as the routes that do not stream do. */
export function json(value: unknown, status = 200): Script {
  return (exchange) => exchange.respondJson(value, status);
}

/** Answers with Ollama's error form, `{"error": message}` and the fields of `extra`. */
export function fail(
  status: number,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): Script {
  return json({ error: message, ...extra }, status);
}

/** Answers with any status, headers and body. */
export function respond(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = '',
): Script {
  return (exchange) => exchange.respond(status, headers, body);
}

interface NdjsonOptions {
  readonly pacing?: Pacing;
  /** Awaited before the status line, as while a model loads. */
  readonly first?: Gate;
  /** What follows the last line. Default `end`: the regular end of the body. */
  readonly end?: 'end' | Ending;
}

/** Streams one JSON object per line, each in its own chunk. */
export function ndjson(lines: readonly unknown[], options: NdjsonOptions = {}): Script {
  return async (exchange) => {
    if (options.first) await options.first.pass(exchange.clientClosed);
    let begun = false;
    for (const line of lines) {
      await pace(exchange, options.pacing ?? 'fast');
      if (exchange.aborted) return;
      if (!begun) exchange.head(200, { 'Content-Type': 'application/x-ndjson' });
      begun = true;
      await exchange.write(`${JSON.stringify(line)}\n`);
    }
    const end = options.end ?? 'end';
    if (end === 'end') exchange.end();
    else await raw([], { end })(exchange);
  };
}

/** Never answers. */
export function silent(): Script {
  return () => undefined;
}

/** Closes the connection without a byte. */
export function hangUp(): Script {
  return (exchange) => exchange.finish();
}

interface AnswerOptions extends NdjsonOptions {
  /** Sent before the answer, one chunk each. */
  readonly thinking?: readonly string[];
  /** Replaces single fields of the last line. */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** For generate: the array on the last line. Default: see {@link contextAfter}. */
  readonly context?: readonly number[];
  /** Ends with this error line in place of the last line. */
  readonly error?: string;
  /** Leaves the last line out, as a server that disappears. */
  readonly withoutDone?: boolean;
}

/**
 * Streams `tokens` as Ollama does, for chat and for generate, whichever is asked:
 * `server.onChat(answer(['Hel', 'lo']))`.
 */
export function answer(tokens: readonly string[], options: AnswerOptions = {}): Script {
  return (exchange) =>
    exchange.path.endsWith('/chat/completions')
      ? events(chunks(exchange, tokens, options), options)(exchange)
      : ndjson(lines(exchange, tokens, options), options)(exchange);
}

/** Streams server-sent events, each in its own chunk; text is sent as it is. */
export function events(data: readonly unknown[], options: NdjsonOptions = {}): Script {
  return async (exchange) => {
    if (options.first) await options.first.pass(exchange.clientClosed);
    exchange.head(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    for (const one of data) {
      await pace(exchange, options.pacing ?? 'fast');
      if (exchange.aborted) return;
      const text = typeof one === 'string' ? one : JSON.stringify(one);
      await exchange.write(`data: ${text}\n\n`);
    }
    const end = options.end ?? 'end';
    if (end === 'end') exchange.end();
    else await raw([], { end })(exchange);
  };
}

/** The events of an answer, as vLLM sends them: the role first, the reason of the end and usage in two. */
function chunks(
  { model, json: body }: Exchange,
  tokens: readonly string[],
  { thinking = [], error, withoutDone = false }: AnswerOptions,
): unknown[] {
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_796_042_253, model },
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const result: unknown[] = [chunk({ role: 'assistant', content: '' })];
  result.push(...thinking.map((reasoning) => chunk({ reasoning })));
  result.push(...tokens.map((content) => chunk({ content })));
  if (error !== undefined) return [...result, { error: { message: error, code: 500 } }, '[DONE]'];
  if (withoutDone) return result;
  const usage = { prompt_tokens: 26, completion_tokens: tokens.length };
  const asked = isIncluded(body) ? [{ choices: [], usage }] : [];
  return [...result, chunk({}, 'stop'), ...asked, '[DONE]'];
}

function isIncluded(body: Exchange['json']): boolean {
  const options = body?.['stream_options'];
  return typeof options === 'object' && options !== null && 'include_usage' in options;
}

/** A text cut into pieces like tokens: words with their leading space. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}

function lines(exchange: Exchange, tokens: readonly string[], options: AnswerOptions): object[] {
  const { thinking = [], error, withoutDone = false, metrics, context } = options;
  const line = (content: string, more?: object) =>
    answerLine(exchange, content, { done: false }, more);
  const result = thinking.map((piece) => line('', { thinking: piece }));
  result.push(...tokens.map((content) => line(content)));
  if (error !== undefined) result.push({ error });
  else if (!withoutDone) {
    const isChat = exchange.path.endsWith('/chat');
    const after = isChat ? undefined : (context ?? contextAfter(exchange, tokens.length));
    const end = { done: true, done_reason: 'stop', context: after };
    result.push(answerLine(exchange, '', { ...end, ...metricsOf(tokens.length), ...metrics }));
  }
  return result;
}

/** One line of an answer to chat or generate, whichever is asked. JSON leaves out what is undefined. */
export function answerLine(
  { path, model }: Exchange,
  content: string,
  fields: object,
  more?: object,
): object {
  const isChat = path.endsWith('/chat');
  const text = isChat
    ? { message: { role: 'assistant', content, ...more } }
    : { response: content, ...more };
  return { model, created_at: new Date().toISOString(), ...text, ...fields };
}

function metricsOf(tokens: number): Record<string, number> {
  return {
    total_duration: 1_500_000_000,
    load_duration: 20_000_000,
    prompt_eval_count: 26,
    prompt_eval_duration: 130_000_000,
    eval_count: tokens,
    eval_duration: 20_000_000 * tokens,
  };
}

/** The context that was sent, and one more entry for each token. */
function contextAfter({ json }: Exchange, tokens: number): readonly unknown[] | undefined {
  if (json?.['raw'] === true) return undefined;
  const sent: readonly unknown[] = Array.isArray(json?.['context']) ? json['context'] : [];
  return [...sent, ...Array.from({ length: tokens }, (_, index) => index + 1)];
}

/** What a real Ollama sent for one request, headers and chunk framing included. */
export interface Recording {
  readonly about: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body?: Readonly<Record<string, unknown>>;
    readonly rawBody?: string;
  };
  /** `eof`: the server closed; the other two: the recording client did. */
  readonly end: 'eof' | 'client closed' | 'timeout';
  /** One entry for each read of the socket: milliseconds since the request, and the text. */
  readonly response: readonly (readonly [number, string])[];
}

/** The recording test/recordings/`name`.json. */
export function loadRecording(name: string): Recording {
  const text = readFileSync(inRepo('test', 'recordings', `${name}.json`), 'utf8');
  return JSON.parse(text) as Recording;
}

/** The names of all recordings, sorted. */
export function recordingNames(): readonly string[] {
  return readdirSync(inRepo('test', 'recordings'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** All bytes the server sent, headers and chunk framing included. */
export function wireBytes(recording: Recording): Buffer {
  return Buffer.from(recording.response.map(([, text]) => text).join(''));
}

/** The body alone, with the chunk framing taken off. */
export function bodyBytes(recording: Recording): Buffer {
  const wire = wireBytes(recording);
  const headEnd = wire.indexOf('\r\n\r\n') + 4;
  const head = wire.toString('latin1', 0, headEnd).toLowerCase();
  const rest = wire.subarray(headEnd);
  return head.includes('transfer-encoding: chunked') ? joinChunks(rest) : rest;
}

function joinChunks(framed: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < framed.length;) {
    const sizeEnd = framed.indexOf('\r\n', at);
    const size = Number.parseInt(framed.toString('latin1', at, sizeEnd), 16);
    if (!(size > 0)) break;
    chunks.push(framed.subarray(sizeEnd + 2, sizeEnd + 2 + size));
    at = sizeEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}
