import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { toConnectionError } from './networkErrors';
import { displayOrigin, type Endpoint } from './endpoint';
import { cancelledError, ServerError } from './serverError';
import type { Limits, Timing } from './limits';
import type { Clock } from '../shared/clock';
import { HttpResponse, type ParseRefusal } from './httpResponse';

export interface TransportOptions {
  readonly endpoint: Endpoint;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** The media types that the API answers with. */
  readonly accept: string;
  readonly parseRefusal: ParseRefusal;
  readonly createAgent: (options: http.AgentOptions) => http.Agent;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly limits: Limits;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the endpoint's base path, such as `/api/chat`. */
  readonly route: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Uses its own socket, so that it depends on no other request. */
  readonly alone?: boolean;
  /** The connection is established, and the request is on its way. */
  readonly onConnected?: () => void;
  /** A kept-alive connection turned out to be closed: the request is sent once more. */
  readonly onStaleRetry?: () => void;
}

/**
 * Sends requests over Node's `http` and `https`, which VS Code patches for proxies and system certificates.
 * `fetch` would not do: it limits the wait for headers to 300 s, follows redirects with the body, and
 * inflates what a server compressed.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #agent: http.Agent;
  #disposed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#agent = options.createAgent({ ...bothFamilies, keepAlive: true, maxFreeSockets: 4 });
    this.#agent.on('free', () => {
      if (this.#disposed) this.#closeIdle();
    });
  }

  /**
   * Sends a request and resolves when the status line and the headers have arrived. Rejects with a
   * `ServerError`, of kind `cancelled` if the signal was aborted. The body is read through the response.
   */
  async send(request: TransportRequest): Promise<HttpResponse> {
    if (request.signal.aborted) throw cancelledError();
    const first = this.#attempt(request);
    try {
      return await first.response;
    } catch (error) {
      if (!first.wasStale) throw error;
    }
    this.#closeIdle();
    request.onStaleRetry?.();
    return this.#attempt(request).response;
  }

  /** Closes idle connections, and those in use as soon as they are idle. */
  dispose(): void {
    this.#disposed = true;
    this.#closeIdle();
  }

  /** Node refuses some requests before it sends them: a header with a line break, for one. */
  #attempt(request: TransportRequest): Attempt {
    try {
      return new Attempt(this.#options, this.#agent, request);
    } catch (error) {
      throw toConnectionError(error, this.#options.endpoint);
    }
  }

  #closeIdle(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }
}

/** A name such as `localhost` is tried as IPv6 and as IPv4; Ollama often listens on only one of them. */
const bothFamilies = { autoSelectFamily: true };

/** One request on one connection. */
class Attempt {
  readonly response: Promise<HttpResponse>;
  readonly #options: TransportOptions;
  readonly #request: TransportRequest;
  readonly #http: http.ClientRequest;
  readonly #startedMs: number;
  #stopConnectTimer: () => void = () => undefined;
  #stale = false;

  constructor(options: TransportOptions, agent: http.Agent, request: TransportRequest) {
    this.#options = options;
    this.#request = request;
    this.#startedMs = options.clock.monotonicMs();
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    this.#http = this.#open(agent, body);
    this.response = new Promise((resolve, reject) => {
      this.#http.once('response', (response) => {
        this.#settled();
        resolve(new HttpResponse(this.#http, response, request.signal, options));
      });
      this.#http.on('error', (error) => {
        this.#settled();
        this.#stale = this.#isStale(error);
        reject(
          request.signal.aborted ? cancelledError() : toConnectionError(error, options.endpoint),
        );
      });
    });
    this.#watchConnecting();
    request.signal.addEventListener('abort', this.#abort, { once: true });
    this.#http.end(body);
  }

  /** Whether it failed because the kept-alive connection that it used had been closed before. */
  get wasStale(): boolean {
    return this.#stale;
  }

  #open(agent: http.Agent, body: Buffer | undefined): http.ClientRequest {
    const { endpoint, headers, accept, limits } = this.#options;
    const { protocol, hostname, port, basePath, authorization } = endpoint;
    const { request } = protocol === 'https:' ? https : http;
    return request({
      protocol,
      hostname,
      port,
      path: basePath + this.#request.route,
      method: this.#request.method,
      agent: this.#request.alone === true ? this.#options.createAgent(bothFamilies) : agent,
      maxHeaderSize: limits.headers,
      headers: {
        accept,
        ...(authorization === undefined ? {} : { authorization }),
        ...headers,
        'accept-encoding': 'identity',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': body.length }),
      },
    });
  }

  #watchConnecting(): void {
    const { clock, timing, endpoint } = this.#options;
    this.#stopConnectTimer = clock.after(timing.connect, () => {
      const message = `${displayOrigin(endpoint)} did not accept a connection within ${timing.connect / 1000} s.`;
      this.#http.destroy(new ServerError('unreachable', message, { code: 'ETIMEDOUT' }));
    });
    this.#http.once('socket', (socket) => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 30_000);
      const event = endpoint.protocol === 'https:' ? 'secureConnect' : 'connect';
      if (this.#http.reusedSocket || isConnected(socket, event)) this.#connected();
      else socket.once(event, this.#connected);
    });
  }

  readonly #connected = () => {
    this.#stopConnectTimer();
    this.#request.onConnected?.();
  };

  readonly #abort = () => {
    this.#http.destroy(cancelledError());
  };

  #settled(): void {
    this.#stopConnectTimer();
    this.#request.signal.removeEventListener('abort', this.#abort);
  }

  #isStale(error: Error): boolean {
    const { clock, timing } = this.#options;
    const closed = /ECONNRESET|EPIPE|ECONNABORTED/u.test('code' in error ? String(error.code) : '');
    const atOnce = clock.monotonicMs() - this.#startedMs <= timing.staleSocket;
    return this.#http.reusedSocket && closed && atOnce && !this.#request.signal.aborted;
  }
}

/** VS Code's agent returns a socket that has already passed a proxy. */
function isConnected(socket: Socket, event: 'connect' | 'secureConnect'): boolean {
  return event === 'connect' && !socket.connecting;
}
