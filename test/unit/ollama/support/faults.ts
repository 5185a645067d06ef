import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type LookupFunction } from 'node:net';
import { parseEndpoint } from '../../../../src/http/endpoint';
import { OllamaClient } from '../../../../src/ollama/ollamaClient';
import type { Script } from '../../../support/ollamaServer/exchange';
import { OllamaServer } from '../../../support/ollamaServer/ollamaServer';
import { bodyBytes, loadRecording, wireBytes } from '../../../support/ollamaServer/scripts';
import { collect, streamRoutes, type Collected, type StreamRoute } from './clientFixture';

/** A TCP server that treats every connection in one way. */
export async function tcpServer(
  onConnection: (socket: net.Socket) => void,
): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    // A client that goes away is what most of these tests are about.
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await tcpServer(() => undefined);
  await close();
  return port;
}

/** A name resolution that gives these addresses, in this order, or fails. */
export function resolving(
  addresses: readonly { address: string; family: number }[] | 'not found',
): LookupFunction {
  return (hostname, options, callback) => {
    if (addresses === 'not found') {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
        code: 'ENOTFOUND',
      });
      process.nextTick(() => callback(error, '', 0));
    } else if (options.all === true) process.nextTick(() => callback(null, [...addresses]));
    else process.nextTick(() => callback(null, addresses[0]?.address ?? '', addresses[0]?.family));
  };
}

/** An agent as VS Code puts in place for `http.proxy`: for http, it sends the request to the proxy. */
export function proxyAgent(port: number): (options: http.AgentOptions) => http.Agent {
  return (options) => {
    const agent = new http.Agent(options);
    agent.createConnection = () => net.connect({ host: '127.0.0.1', port });
    return agent;
  };
}

/** The same for https behind a proxy that refuses to connect, with the words of VS Code's agent. */
export function refusingTunnel(): (options: http.AgentOptions) => http.Agent {
  return (options) => {
    const agent = new https.Agent(options);
    agent.createConnection = () => {
      const socket = new net.Socket();
      const message =
        'Failed to establish a socket connection to proxies: PROXY ada:secret@proxy.example:3128';
      process.nextTick(() => socket.destroy(new Error(message)));
      return socket;
    };
    return agent;
  };
}

/** An agent that trusts this certificate. */
export function trusting(ca: string): (options: http.AgentOptions) => http.Agent {
  return (options) => new https.Agent({ ...options, ca });
}

/** Runs many cases against one server, some of them at a time; the model's name says which case it is. */
export class CaseRunner {
  readonly #server: OllamaServer;
  readonly #client: OllamaClient;
  readonly #scripts = new Map<string, Script>();
  #cases = 0;

  private constructor(server: OllamaServer) {
    this.#server = server;
    // Probes would only add requests that no case is about.
    const timing = { probeAfter: [600_000] };
    this.#client = new OllamaClient({ endpoint: parseEndpoint(server.url, {}), timing });
    for (const { path } of Object.values(streamRoutes)) {
      server.on(path, (exchange) => this.#scripts.get(exchange.model)?.(exchange));
    }
  }

  static async start(): Promise<CaseRunner> {
    return new CaseRunner(await OllamaServer.start());
  }

  /** Asks once and gives what came out when the server answers with `script`. */
  async run(route: StreamRoute, script: Script): Promise<Collected> {
    const model = `case-${++this.#cases}`;
    this.#scripts.set(model, script);
    try {
      return await collect(streamRoutes[route].ask(this.#client, {}, model));
    } finally {
      this.#scripts.delete(model);
      this.#server.forget();
    }
  }

  async close(): Promise<void> {
    this.#client.dispose();
    await this.#server.close();
  }
}

/** Calls `work` for each item, with at most 16 at a time. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

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
