import type http from 'node:http';
import type { Clock } from '../shared/clock';
import { displayOrigin, type Endpoint } from './endpoint';
import { cancelled, OllamaError } from './errors';
import type { Limits, Timing } from './limits';
import type { Answer } from './response';
import { Transport, type TransportRequest } from './transport';

export interface ConnectionOptions {
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly createAgent: (options: http.AgentOptions) => http.Agent;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: Timing;
  readonly limits: Limits;
}

/** A question that is answered without a model, and soon. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly route: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the whole answer; absent: no limit. */
  readonly limitMs?: number;
  /** Takes a socket of its own, so that it depends on no other request. */
  readonly alone?: boolean;
}

/** One server, and what everything that talks to it needs. */
export class Connection {
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
  send(request: TransportRequest): Promise<Answer> {
    return this.#transport.send(request);
  }

  /** Sends a question and lets `use` read the answer. Rejects with an `OllamaError`. */
  async ask<T>(question: Question, use: (answer: Answer) => Promise<T>): Promise<T> {
    const { method, route, body, signal, limitMs, alone = false } = question;
    const abort = new AbortController();
    const stop = () => abort.abort(cancelled());
    const stopWaiting =
      limitMs === undefined
        ? undefined
        : this.clock.after(limitMs, () => abort.abort(this.#tooLate(limitMs)));
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      return await use(await this.send({ method, route, body, alone, signal: abort.signal }));
    } catch (error) {
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      stopWaiting?.();
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Closes idle connections, and those in use as soon as they are idle. */
  dispose(): void {
    this.#transport.dispose();
  }

  #tooLate(limitMs: number): OllamaError {
    const message = `${displayOrigin(this.endpoint)} did not respond within ${limitMs / 1000} s.`;
    return new OllamaError('unreachable', message, { code: 'ETIMEDOUT' });
  }
}
