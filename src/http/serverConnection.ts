import { displayOrigin, type Endpoint } from './endpoint';
import { createRedact, type Redact } from './redaction';
import { cancelledError, mapErrorTexts, ServerError } from './serverError';
import type { StreamEnd } from './streamEvents';
import type { Limits, Timing } from './limits';
import type { Clock } from '../shared/clock';
import type { HttpResponse } from './httpResponse';
import { Transport, type TransportOptions, type TransportRequest } from './transport';

export interface ConnectionOptions extends TransportOptions {
  /** From 0 to 1: spreads the repetitions of several clients. */
  readonly random: () => number;
}

/** A request that is answered without running a model, and soon. */
export interface ShortRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly route: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the whole answer; absent: no limit. */
  readonly limitMs?: number;
  /** Uses its own socket, so that it depends on no other request. */
  readonly alone?: boolean;
}

/** What of a `Location` header is read, in UTF-16 code units. */
const maxLocationLength = 2_048;

/** One server: its socket pool, clock and limits, shared by everything that talks to it. */
export class ServerConnection {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: Timing;
  readonly limits: Limits;
  readonly #transport: Transport;
  readonly #redact: Redact;

  constructor(options: ConnectionOptions) {
    this.endpoint = options.endpoint;
    this.#redact = createRedact(options.headers, options.endpoint.authorization);
    this.clock = options.clock;
    this.random = options.random;
    this.timing = options.timing;
    this.limits = options.limits;
    this.#transport = new Transport({
      ...options,
      // Before anything is cut: half a key in an excerpt would no longer look like one.
      parseRefusal: (status, headers, body) => {
        const location = this.#redact((headers.location ?? '').slice(0, maxLocationLength));
        return options.parseRefusal(status, { ...headers, location }, this.#redact(body));
      },
    });
  }

  /** As `Transport.send`. */
  send(request: TransportRequest): Promise<HttpResponse> {
    return this.#transport.send(request);
  }

  /** Sends a short request and lets `use` read the response. Rejects with a `ServerError`. */
  async request<T>(request: ShortRequest, use: (response: HttpResponse) => Promise<T>): Promise<T> {
    const { method, route, body, signal, limitMs, alone = false } = request;
    const abort = new AbortController();
    const stop = () => abort.abort(cancelledError());
    const cancelTimeout =
      limitMs === undefined
        ? undefined
        : this.clock.after(limitMs, () => abort.abort(this.#timeoutError(limitMs)));
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      return await use(await this.send({ method, route, body, alone, signal: abort.signal }));
    } catch (error) {
      const reason: unknown = abort.signal.aborted ? abort.signal.reason : error;
      throw reason instanceof ServerError ? this.redactError(reason) : reason;
    } finally {
      cancelTimeout?.();
      signal?.removeEventListener('abort', stop);
    }
  }

  /** An error without the user's credentials: servers and proxies may send them back. */
  redactError(error: ServerError): ServerError {
    return mapErrorTexts(error, this.#redact);
  }

  /** The same for the end of a stream. */
  redactEnd(end: StreamEnd): StreamEnd {
    return end.kind === 'done' ? end : { ...end, error: this.redactError(end.error) };
  }

  /** A text of the server's without the user's credentials. */
  redactText(text: string): string {
    return this.#redact(text);
  }

  /** Closes idle connections, and those in use as soon as they are idle. */
  dispose(): void {
    this.#transport.dispose();
  }

  #timeoutError(limitMs: number): ServerError {
    const message = `${displayOrigin(this.endpoint)} did not respond within ${limitMs / 1000} s.`;
    return new ServerError('unreachable', message, { code: 'ETIMEDOUT' });
  }
}
