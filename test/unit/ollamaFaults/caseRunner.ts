import { parseEndpoint } from '../../../src/http/endpoint';
import { OllamaClient } from '../../../src/ollama/ollamaClient';
import type { Script } from '../../support/ollamaServer/exchange';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { collect, streamRoutes, type Collected, type StreamRoute } from '../ollama/clientFixture';

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
