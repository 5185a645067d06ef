import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseEndpoint } from '../../../src/http/endpoint';
import { ServerError, type ServerErrorKind } from '../../../src/http/serverError';
import {
  OllamaClient,
  type CallOptions,
  type ClientOptions,
} from '../../../src/ollama/ollamaClient';
import type { ChatEvent, EndEvent, PhaseEvent, StreamEnd } from '../../../src/http/streamEvents';
import type { ChatRequest, GenerateRequest } from '../../../src/ollama/ollamaApi';
import type { ToolCall } from '../../../src/http/streamEvents';
import { ManualClock } from '../../support/clock';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

export const model = 'smollm2:135m';
export const question: ChatRequest = { model, messages: [{ role: 'user', content: 'hi' }] };
export const prompt: GenerateRequest = { model, prompt: 'hi' };

/** A new server for each test of a suite, and clients of it. */
export class Fixture {
  #server: OllamaServer | undefined;
  readonly #clients: OllamaClient[] = [];

  /** Call within the `describe` of the suite. */
  constructor() {
    beforeEach(async () => {
      this.#server = await OllamaServer.start();
    });
    afterEach(async () => {
      for (const client of this.#clients.splice(0)) client.dispose();
      await this.#server?.close();
    });
  }

  get server(): OllamaServer {
    if (!this.#server) throw new Error('The server runs only within a test.');
    return this.#server;
  }

  /** A client of the server, or of another address. */
  client({
    url = this.server.url,
    ...options
  }: Partial<ClientOptions> & { url?: string } = {}): OllamaClient {
    const client = new OllamaClient({ endpoint: parseEndpoint(url, {}), ...options });
    this.#clients.push(client);
    return client;
  }
}

/** The two routes that stream an answer: a fault must look the same on both. */
export const streamRoutes = {
  chat: {
    path: '/api/chat',
    ask: (
      client: OllamaClient,
      options: CallOptions = {},
      model = question.model,
    ): AsyncGenerator<ChatEvent> => client.chat({ ...question, model }, options),
    line: (text: string): string =>
      JSON.stringify({ model: 'm', message: { role: 'assistant', content: text }, done: false }),
  },
  explain: {
    path: '/api/generate',
    ask: (
      client: OllamaClient,
      options: CallOptions = {},
      model = prompt.model,
    ): AsyncGenerator<ChatEvent> => client.generate({ ...prompt, model }, options),
    line: (text: string): string => JSON.stringify({ model: 'm', response: text, done: false }),
  },
} as const;
export type StreamRoute = keyof typeof streamRoutes;
export const streamRouteNames: readonly StreamRoute[] = ['chat', 'explain'];

export const doneLine = JSON.stringify({
  model: 'm',
  done: true,
  done_reason: 'stop',
  eval_count: 3,
});

/** How a call ended: `ok`, or the kind of its error; for a stream, the kind of its end before it. */
export type Outcome = string;

export type RouteName = 'chat' | 'explain' | 'list' | 'show' | 'pull';

interface Route {
  readonly path: string;
  readonly call: (client: OllamaClient, options?: CallOptions) => Promise<Outcome>;
}

/** Every way to talk to the server, for the faults that all of them meet. */
export const routes: Readonly<Record<RouteName, Route>> = {
  chat: {
    path: '/api/chat',
    call: (client, options) => streamed(streamRoutes.chat.ask(client, options)),
  },
  explain: {
    path: '/api/generate',
    call: (client, options) => streamed(streamRoutes.explain.ask(client, options)),
  },
  list: { path: '/api/tags', call: (client, options) => answered(client.tags(options)) },
  show: { path: '/api/show', call: (client, options) => answered(client.show(model, options)) },
  pull: { path: '/api/pull', call: (client, options) => streamed(client.pull(model, options)) },
};

/** The four that the matrix of faults names. */
export const matrixRoutes: readonly RouteName[] = ['chat', 'explain', 'list', 'show'];

export function isStreamed(route: RouteName): boolean {
  return route !== 'list' && route !== 'show';
}

async function streamed(
  stream: AsyncIterable<{ readonly type: string } | EndEvent>,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  for await (const event of stream) {
    assert.equal(outcome, undefined, 'nothing follows the end');
    if ('end' in event) {
      const { end } = event;
      outcome = end.kind === 'done' ? 'ok' : `${end.kind}:${end.error.kind}`;
    }
  }
  return outcome ?? assert.fail('a stream has an end');
}

async function answered(promise: Promise<unknown>): Promise<Outcome> {
  try {
    await promise;
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof ServerError);
    return error.kind;
  }
}

/** What came out of a stream. */
export interface Collected {
  readonly events: readonly ChatEvent[];
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCall[];
  readonly phases: readonly PhaseEvent[];
  readonly end: StreamEnd;
}

/** Reads a stream to its end, and asserts what holds for every stream: one end, and nothing after it. */
export async function collect(stream: AsyncIterable<ChatEvent>): Promise<Collected> {
  const events: ChatEvent[] = [];
  for await (const event of stream) events.push(event);
  return summarise(events);
}

export function summarise(events: readonly ChatEvent[]): Collected {
  const deltas = events.filter((event) => event.type === 'delta');
  const ends = events.filter((event) => event.type === 'end');
  const last = events.at(-1);
  assert.equal(ends.length, 1, 'a stream has exactly one end');
  assert.ok(last?.type === 'end', 'nothing follows the end');
  return {
    events,
    text: deltas.map((delta) => delta.content).join(''),
    thinking: deltas.map((delta) => delta.thinking).join(''),
    toolCalls: deltas.flatMap((delta) => delta.toolCalls ?? []),
    phases: events.filter((event) => event.type === 'phase'),
    end: last.end,
  };
}

/** `end` in short: `done:stop`, or its kind and that of its error. */
export function endName(end: StreamEnd): string {
  return end.kind === 'done' ? `done:${end.reason}` : `${end.kind}:${end.error.kind}`;
}

/** Asserts that `promise` rejects with an `ServerError` of this kind, and gives it. */
export async function rejection(
  promise: Promise<unknown>,
  kind?: ServerErrorKind,
): Promise<ServerError> {
  const error: unknown = await promise.then(
    () => assert.fail('it should have rejected'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ServerError, `not a ServerError: ${String(error)}`);
  if (kind !== undefined) assert.equal(error.kind, kind, error.message);
  return error;
}

/** Reads a stream in the background and lets a test wait for its events. */
export class Watcher {
  readonly events: ChatEvent[] = [];
  readonly done: Promise<void>;
  #notify: () => void = () => undefined;

  constructor(stream: AsyncIterable<ChatEvent>) {
    this.done = this.#read(stream);
  }

  get phases(): readonly PhaseEvent[] {
    return this.events.filter((event) => event.type === 'phase');
  }

  get names(): readonly string[] {
    return this.phases.map(({ phase, probe }) => (probe ? `${phase}:${probe}` : phase));
  }

  /** Waits for the `count`-th event for which `test` holds. */
  async until(test: (event: ChatEvent) => boolean, count = 1): Promise<void> {
    while (this.events.filter(test).length < count) {
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  phase(name: string, count = 1): Promise<void> {
    return this.until(
      (event) =>
        event.type === 'phase' &&
        (event.probe ? `${event.phase}:${event.probe}` : event.phase) === name,
      count,
    );
  }

  text(): Promise<void> {
    return this.until((event) => event.type === 'delta');
  }

  async #read(stream: AsyncIterable<ChatEvent>): Promise<void> {
    for await (const event of stream) {
      this.events.push(event);
      this.#notify();
    }
  }
}

/**
 * Lets everything that is on its way through the sockets of this process arrive: a write on a loopback
 * socket is readable in the next turn of the event loop.
 */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

/** A server, and clients whose clock a test advances. */
export class PhaseBench extends Fixture {
  clock = new ManualClock();
  abort = new AbortController();

  constructor() {
    super();
    beforeEach(() => {
      this.clock = new ManualClock();
      this.abort = new AbortController();
    });
    afterEach(() => this.abort.abort());
  }

  watch(client = this.client({ clock: this.clock })): Watcher {
    return new Watcher(client.chat(question, { signal: this.abort.signal }));
  }

  /** Waits until the client knows that its request was sent, which starts the probes. */
  async sent(count = 1): Promise<void> {
    await this.server.received('/api/chat', count);
    await settle();
  }
}
