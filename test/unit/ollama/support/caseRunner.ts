import { OllamaClient } from '../../../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../../../src/http/endpoint';
import type { Script } from '../../../support/ollamaServer/exchange';
import { OllamaServer } from '../../../support/ollamaServer/ollamaServer';
import { collect, type Collected } from './collect';
import { streamRoutes, type StreamRoute } from './streams';

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

/** Calls `work` for each item, with at most 16 at a time. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
