import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a script does with one request. */
export type Script = (exchange: Exchange) => Promise<void> | void;

/**
 * One request and the means to answer it: as HTTP, through `head`, `write` and `end`, or broken, through
 * `raw`, `finish` and `reset`, which act on the socket itself.
 */
export class Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text; `''` when there was none. */
  readonly body: string;
  /** The body as JSON; `undefined` when it is not an object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Counts the connections of the server: requests on one kept-alive socket share the number. */
  readonly connection: number;
  /** Resolves when the client closes the connection before the answer is complete. */
  readonly clientClosed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  #written = 0;
  #complete = false;
  #aborted = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
    connection: number,
  ) {
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.headers = request.headers;
    this.body = body;
    this.json = parseObject(body);
    this.connection = connection;
    this.#response = response;
    this.#socket = request.socket;
    this.clientClosed = new Promise((resolve) => {
      response.once('close', () => {
        if (this.#complete || response.writableFinished) return;
        this.#aborted = true;
        resolve();
      });
    });
  }

  /** How many pieces of the answer have been written. */
  get written(): number {
    return this.#written;
  }

  /** Whether the client closed the connection before the answer was complete. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** The field `model` of the request. */
  get model(): string {
    const model = this.json?.['model'];
    return typeof model === 'string' ? model : '';
  }

  /** Sends the status line and the headers. */
  head(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
  }

  /** Writes a piece of the body; nothing once the client is gone. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (this.#aborted) return;
    this.#written++;
    await this.until(new Promise<void>((resolve) => this.#response.write(piece, () => resolve())));
  }

  /** Ends the body; the connection is kept alive if the client asked for it. */
  end(body?: string | Uint8Array): void {
    if (body !== undefined) this.#written++;
    this.#response.end(body);
  }

  /** Answers in one go. */
  respond(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
  ): void {
    this.#response.writeHead(status, headers);
    this.end(body);
  }

  /** Answers with JSON as Ollama does: without a final newline. */
  respondJson(value: unknown, status = 200): void {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    this.respond(status, headers, JSON.stringify(value));
  }

  /** Writes bytes to the socket itself, status line and framing included. */
  async raw(bytes: string | Uint8Array): Promise<void> {
    if (this.#aborted) return;
    this.#written++;
    await this.until(new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve())));
  }

  /** Closes the connection after what was written (FIN). */
  finish(): void {
    this.#complete = true;
    this.#socket.end();
  }

  /** Resets the connection (RST). */
  reset(): void {
    this.#complete = true;
    this.#socket.resetAndDestroy();
  }

  /**
   * Waits for `step`, or until the client is gone: the callback of a write to a closed socket is never
   * called.
   */
  async until(step: Promise<unknown>): Promise<void> {
    await Promise.race([step, this.clientClosed]);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Lets a script continue one step at a time, as often as the test says. */
export class Gate {
  #permits = 0;
  #isOpen = false;
  readonly #waiting = new Set<() => void>();

  /** Lets `steps` steps pass: waiting ones first, then future ones. */
  release(steps = 1): void {
    for (let step = 0; step < steps; step++) {
      const [next] = this.#waiting;
      if (next) {
        this.#waiting.delete(next);
        next();
      } else this.#permits++;
    }
  }

  /** Lets everything pass from now on. */
  open(): void {
    this.#isOpen = true;
    this.release(this.#waiting.size);
  }

  /** Waits for a released step; `cancelled` gives up the place in the queue. */
  async pass(cancelled: Promise<void>): Promise<void> {
    if (this.#isOpen) return;
    if (this.#permits > 0) {
      this.#permits--;
      return;
    }
    let giveUp: () => void = () => undefined;
    const step = new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      giveUp = () => this.#waiting.delete(resolve);
    });
    await Promise.race([step, cancelled]).finally(giveUp);
  }
}

/**
 * How the pieces of an answer follow each other: at once (but each in its own socket write), some
 * milliseconds apart, at the recorded pace, or one for each step of a gate.
 */
export type Pacing = 'fast' | 'recorded' | { readonly everyMs: number } | { readonly gate: Gate };

/** Waits until the next piece may be written; returns early when the client is gone. */
export async function pace(exchange: Exchange, pacing: Pacing, recordedMs = 0): Promise<void> {
  if (pacing === 'fast') return;
  if (typeof pacing === 'object' && 'gate' in pacing) {
    await pacing.gate.pass(exchange.clientClosed);
    return;
  }
  const wait = pacing === 'recorded' ? recordedMs : pacing.everyMs;
  if (wait > 0) await exchange.until(sleep(wait, undefined, { ref: false }));
}
