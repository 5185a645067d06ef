import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { parseEndpoint } from '../../../src/http/endpoint';
import type { BodyReader } from '../../../src/http/httpResponse';
import { defaultLimits, type Limits } from '../../../src/http/limits';
import { ServerError } from '../../../src/http/serverError';
import type { ChatEvent, StreamEnd } from '../../../src/http/streamEvents';
import { AnswerEvents } from '../../../src/openai/answerEvents';
import { OpenaiClient, type OpenaiClientOptions } from '../../../src/openai/openaiClient';
import { ManualClock } from '../../support/clock';
import { inRepo } from '../../support/folders';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

export const question = {
  model: 'smollm2:135m',
  messages: [{ role: 'user', content: 'Hi' }],
} as const;

/** A scripted server for each test of a suite, and clients of it. */
export class OpenaiFixture {
  #server: OllamaServer | undefined;
  readonly #clients: OpenaiClient[] = [];

  /** Call within the `describe` of the suite. */
  constructor() {
    beforeEach(async () => {
      this.#server = await OllamaServer.start();
      this.#server.kind('vllm');
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

  client(options: Partial<OpenaiClientOptions> = {}): OpenaiClient {
    const root = parseEndpoint(this.server.url, {});
    const client = new OpenaiClient({ base: { root, path: '/v1' }, ...options });
    this.#clients.push(client);
    return client;
  }
}

/** An answer whose body a test sends piece by piece, without a socket. */
export class ScriptedBody {
  readonly clock = new ManualClock();
  text = '';
  thinking = '';
  /** Signs of life before and between the text. */
  pings = 0;
  isClosed = false;
  end: StreamEnd | undefined;
  #reader: BodyReader | undefined;

  constructor(limits: Partial<Limits> = {}) {
    const response = {
      read: (reader: BodyReader) => (this.#reader = reader),
      resume: () => undefined,
      close: () => (this.isClosed = true),
    };
    const options = { limits: { ...defaultLimits, ...limits }, clock: this.clock };
    const events = new AnswerEvents(response, options, {
      onBytes: () => this.pings++,
      onTaken: () => this.pings++,
      onRemote: () => assert.fail('a remote server'),
      onDelta: ({ content, thinking }) => {
        this.text += content;
        this.thinking += thinking;
      },
      onEnd: (end) => {
        assert.equal(this.end, undefined, 'a second end');
        this.end = end;
      },
    });
    events.start();
  }

  /** Sends a piece; as in the real body, the first error ends it. */
  send(piece: string | Buffer): this {
    try {
      this.#reader?.onBytes(Buffer.from(piece));
    } catch (error) {
      this.break(error);
    }
    return this;
  }

  finish(): this {
    this.#reader?.onEnd();
    return this;
  }

  /** The connection breaks. */
  break(error: unknown = new ServerError('truncated', 'The connection broke.')): this {
    assert.ok(error instanceof ServerError);
    this.#reader?.onError(error);
    return this;
  }

  get endName(): string {
    return this.end ? endName(this.end) : 'none';
  }
}

/** An event of a chat: a chunk with this choice, or with these fields. */
export function event(choice: object | undefined, more: object = {}): string {
  const choices = choice === undefined ? [] : [{ index: 0, ...choice }];
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices, ...more })}\n\n`;
}

export interface Collected {
  readonly text: string;
  readonly thinking: string;
  readonly events: readonly ChatEvent[];
  readonly end: StreamEnd;
}

export async function collect(stream: AsyncIterable<ChatEvent>): Promise<Collected> {
  let text = '';
  let thinking = '';
  let end: StreamEnd | undefined;
  const events: ChatEvent[] = [];
  for await (const event of stream) {
    events.push(event);
    if (event.type === 'delta') {
      text += event.content;
      thinking += event.thinking;
    }
    if (event.type === 'end') ({ end } = event);
  }
  if (!end) throw new Error('The stream had no end event.');
  return { text, thinking, events, end };
}

/** `done:stop`, or the kind of the end and of its error. */
export function endName(end: StreamEnd): string {
  return end.kind === 'done' ? `done:${end.reason}` : `${end.kind}:${end.error.kind}`;
}

/** The recordings of servers that speak OpenAI's API, as `loadRecording` takes them. */
export function openaiRecordings(): readonly string[] {
  return readdirSync(inRepo('test', 'recordings', 'openai'))
    .map((file) => `openai/${file.slice(0, -'.json'.length)}`)
    .sort();
}
