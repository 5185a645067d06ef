import { readFileSync, readdirSync } from 'node:fs';
import { inRepo } from '../paths';

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
