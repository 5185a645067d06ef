import { readdirSync } from 'node:fs';
import { parseEndpoint } from '../../../src/http/endpoint';
import type { ChatEvent, StreamEnd } from '../../../src/http/streamEvents';
import { OpenaiClient, type OpenaiClientOptions } from '../../../src/openai/openaiClient';
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
