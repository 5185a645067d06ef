import type { StreamRoute } from './streams';
import { bodyBytes, loadRecording, wireBytes } from '../../../support/ollamaServer/scripts';

/** What a server sends, taken apart. */
export interface Wire {
  readonly name: string;
  readonly route: StreamRoute;
  /** The status line and the headers, with the blank line after them. */
  readonly head: string;
  readonly body: Buffer;
  /** The pieces of the body, each a chunk of its own; one piece when it is not chunked. */
  readonly pieces: readonly Buffer[];
}

/** The recording as it is. */
export function fullWire(name: string): Wire {
  const recording = loadRecording(name);
  const bytes = wireBytes(recording);
  const head = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n') + 4);
  const body = bodyBytes(recording);
  const route = recording.request.path === '/api/chat' ? 'chat' : 'explain';
  return { name, route, head, body, pieces: linesOf(body) };
}

/** A recording with only some of its lines, so that every byte of it can be tried on a socket. */
export function shortWire(
  name: string,
  keep: (line: string, index: number, count: number) => boolean,
): Wire {
  const full = fullWire(name);
  const pieces = full.pieces.filter((piece, index, all) =>
    keep(piece.toString(), index, all.length),
  );
  return { ...full, pieces, body: Buffer.concat(pieces) };
}

/** All bytes, framed as the head says. */
export function framed({ head, pieces, body }: Wire): Buffer {
  if (!isChunked(head)) return Buffer.concat([Buffer.from(head), body]);
  return Buffer.concat([Buffer.from(head), ...pieces.map(chunk), Buffer.from('0\r\n\r\n')]);
}

export function chunk(piece: Uint8Array): Buffer {
  const size = Buffer.from(`${piece.length.toString(16)}\r\n`);
  return Buffer.concat([size, piece, Buffer.from('\r\n')]);
}

/** How many bytes of the body are within the first `cut` bytes of what was framed. */
export function bodyWithin({ head, pieces, body }: Wire, cut: number): number {
  let at = cut - head.length;
  if (!isChunked(head)) return Math.max(0, Math.min(at, body.length));
  let within = 0;
  for (const piece of pieces) {
    const before = piece.length.toString(16).length + 2;
    within += Math.max(0, Math.min(at - before, piece.length));
    at -= before + piece.length + 2;
  }
  return within;
}

function isChunked(head: string): boolean {
  return /transfer-encoding: chunked/iu.test(head);
}

function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < body.length;) {
    const newline = body.indexOf(10, from);
    const end = newline < 0 ? body.length : newline + 1;
    lines.push(body.subarray(from, end));
    from = end;
  }
  return lines;
}

/** What a reader must make of the first bytes of a body: all that whole lines say, and nothing else. */
export interface Expected {
  readonly text: string;
  readonly thinking: string;
  readonly last: 'done' | 'error' | 'none';
}

interface Line {
  readonly response?: string;
  readonly message?: { readonly content?: string; readonly thinking?: string };
  readonly done?: boolean;
  readonly error?: string;
}

/** Written without the client's own code: splits, parses, adds up. */
export function expectedOf(body: Buffer): Expected {
  let text = '';
  let thinking = '';
  for (const line of body.toString().split('\n')) {
    const value = parseLine(line);
    if (value === undefined) continue;
    if (value.error !== undefined) return { text, thinking, last: 'error' };
    text += value.response ?? value.message?.content ?? '';
    thinking += value.message?.thinking ?? '';
    if (value.done === true) return { text, thinking, last: 'done' };
  }
  return { text, thinking, last: 'none' };
}

function parseLine(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
