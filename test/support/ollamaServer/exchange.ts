import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request as it arrived, and what became of its connection. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text; `''` when there was none. */
  readonly body: string;
  /** The body read as JSON; `undefined` when it is none. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Counts the connections of the server: requests on one kept-alive socket share the number. */
  readonly connection: number;
  /** How many pieces of the answer were written so far. */
  readonly written: number;
  /** Whether the client closed the connection before the answer was complete. */
  readonly aborted: boolean;
  /** Resolves when the client closes the connection before the answer is complete. */
  readonly clientClosed: Promise<void>;
}

/** What a script does with one request. */
export type Script = (exchange: Exchange) => Promise<void> | void;

/**
 * One request and the means to answer it: properly, through `head`, `write` and `end`, or improperly,
 * through `raw`, `finish` and `reset`, which act on the socket itself.
 */
export class Exchange implements ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly connection: number;
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

  get written(): number {
    return this.#written;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** The field `model` of the request. */
  get model(): string {
    const model = this.json?.['model'];
    return typeof model === 'string' ? model : '';
  }

  /** Sends the status line and the headers, in the ordinary way. */
  head(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
  }

  /** Writes a piece of the body, in the ordinary way; nothing once the client is gone. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (this.#aborted) return;
    this.#written++;
    await this.until(new Promise<void>((resolve) => this.#response.write(piece, () => resolve())));
  }

  /** Ends the body; the connection is kept alive if the client wants it. */
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

  /** Answers with `value` as Ollama sends JSON: without a last newline. */
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

  /** Throws the connection away (RST). */
  reset(): void {
    this.#complete = true;
    this.#socket.resetAndDestroy();
  }

  /**
   * Waits for `step`, but not longer than the client stays: the callback of a write to a socket that was
   * closed meanwhile is never called.
   */
  async until(step: Promise<unknown>): Promise<void> {
    await Promise.race([step, this.clientClosed]);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
