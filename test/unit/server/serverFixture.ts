import { getFailure, type ModelEvent } from '../../../src/conversation/ports';
import type { ServerSetting } from '../../../src/server/serverChoice';
import { type KnownServer, ServerInUse } from '../../../src/server/serverInUse';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { answer, respond } from '../../support/ollamaServer/scripts';

const access = { headersFor: () => Promise.resolve({}), logExcerpt: () => undefined };
export const html = respond(
  200,
  { 'Content-Type': 'text/html' },
  '<!doctype html><title>Login</title>',
);

/** A scripted server for each test of a suite, and what Cria makes of its address. */
export class ServerFixture {
  readonly known = new Map<string, KnownServer>();
  #server: OllamaServer | undefined;
  #backend: ServerInUse | undefined;

  /** Call within the `describe` of the suite. */
  constructor() {
    beforeEach(async () => {
      this.#server = await OllamaServer.start();
      this.#server.models(['qwen3:8b']);
      this.#server.onChat(answer(['Hello']));
      this.known.clear();
      this.#backend = new ServerInUse(access, {
        get: (origin) => this.known.get(origin),
        set: (origin, it) => (it ? this.known.set(origin, it) : this.known.delete(origin)),
      });
    });
    afterEach(async () => {
      this.#backend?.dispose();
      await this.#server?.close();
    });
  }

  get server(): OllamaServer {
    if (!this.#server) throw new Error('The server runs only within a test.');
    return this.#server;
  }

  get backend(): ServerInUse {
    if (!this.#backend) throw new Error('The server runs only within a test.');
    return this.#backend;
  }

  open(path = '', setting: ServerSetting = 'auto'): void {
    this.backend.connect(this.server.url + path, setting);
  }

  /** The models that are listed, or the kind of the failure. */
  async names(): Promise<readonly string[] | string> {
    try {
      return (await this.backend.installed()).map(({ name }) => name);
    } catch (error) {
      return getFailure(error)?.kind ?? String(error);
    }
  }

  /** The text of an answer, or the kind of the failure. */
  async ask(events: AsyncIterable<ModelEvent>): Promise<string> {
    let text = '';
    for await (const event of events) {
      if (event.type === 'delta') text += event.answer;
      if (event.type === 'end' && event.end.kind !== 'done') {
        return 'failure' in event.end ? event.end.failure.kind : event.end.kind;
      }
    }
    return text;
  }

  chat(model = 'qwen3:8b'): Promise<string> {
    const prompt = { model, messages: [{ role: 'user', content: 'Hi' } as const], profile: {} };
    return this.ask(this.backend.bind().chat(prompt, new AbortController().signal));
  }
}
