import { displayOrigin, type Endpoint } from './endpoint';
import { cancelledError, ServerError } from './serverError';
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

/** One server: its socket pool, clock and limits, shared by everything that talks to it. */
export class ServerConnection {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: Timing;
  readonly limits: Limits;
  readonly #transport: Transport;

  constructor(options: ConnectionOptions) {
    this.endpoint = options.endpoint;
    this.clock = options.clock;
    this.random = options.random;
    this.timing = options.timing;
    this.limits = options.limits;
    this.#transport = new Transport(options);
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
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      cancelTimeout?.();
      signal?.removeEventListener('abort', stop);
    }
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
