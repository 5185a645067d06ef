import type { Script } from './exchange';
import type { Gate } from './gate';
import { pace, type Pacing } from './pacing';
import { loadRecording, wireBytes } from './recording';

/** How the server leaves the connection after the last byte. */
export type Ending = 'finish' | 'reset' | 'hang';

export interface RawOptions {
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

export interface ReplayOptions extends RawOptions {
  /** Sends only this many bytes of the recording, headers and framing included. */
  readonly cutAt?: number;
}

/** Sends what a real server sent, byte for byte: test/recordings/`name`.json. */
export function replay(name: string, options: ReplayOptions = {}): Script {
  const recording = loadRecording(name);
  if (options.cutAt !== undefined) {
    return raw([wireBytes(recording).subarray(0, options.cutAt)], options);
  }
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

export interface NdjsonOptions {
  readonly pacing?: Pacing;
  /** Waited for before the status line, as for a load. */
  readonly first?: Gate;
  /** What follows the last line; `end`, the default, is the proper end of the body. */
  readonly end?: 'end' | Ending;
}

/** Streams one JSON object a line, each in a chunk of its own. */
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

/** Never answers: a server that is busy, or a line that is dead. */
export function silent(): Script {
  return () => undefined;
}

/** Closes the connection without a byte. */
export function hangUp(): Script {
  return (exchange) => exchange.finish();
}
