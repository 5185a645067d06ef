import { OllamaClient, type ClientOptions } from '../../../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../../../src/http/endpoint';
import type { ChatRequest, GenerateRequest } from '../../../../src/ollama/ollamaApi';
import { OllamaServer } from '../../../support/ollamaServer/ollamaServer';

export const model = 'smollm2:135m';
export const question: ChatRequest = { model, messages: [{ role: 'user', content: 'hi' }] };
export const prompt: GenerateRequest = { model, prompt: 'hi' };

/** A fresh server for each test of a suite, and clients of it. */
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
