import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Conversations } from '../../../src/conversation/conversations';
import type { Logger } from '../../../src/conversation/ports';
import type { SessionEvent } from '../../../src/conversation/session';
import { exportMarkdown, formatJson, joinJson } from '../../../src/history/conversationTransfer';
import { createConsentingModels } from '../../../src/server/consentingModels';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { answer, respond } from '../../support/ollamaServer/scripts';
import type { Script } from '../../support/ollamaServer/exchange';
import { Bench } from '../../support/sessionBench';
import { ended } from '../conversation/domainFixture';

/** What may be nowhere but in the requests to the server. */
const secrets = {
  password: 'canary-password-7f3a',
  key: 'canary-key-c41d9e',
  team: 'canary-team-0b8e22',
};
/** Those, and every form they are sent in. */
const traces = [...Object.values(secrets), btoa(`ada:${secrets.password}`)];

/** What may be in the memory and in exports, but in no log. */
const code = 'const canaryCode = "9d1c77";';
const words = 'canary answer 55e0';

/** A server that says back what it was sent, as some gateways do when they refuse. */
const echo = (status: number): Script => {
  return (exchange) => {
    const { headers } = exchange;
    const sent = `${String(headers['authorization'])}, ${String(headers['x-api-key'])}`;
    exchange.respond(status, {}, JSON.stringify({ error: `Refused: ${sent}` }));
  };
};

const endings: readonly (readonly [string, Script])[] = [
  ['an answer', answer([words, ' the end'])],
  ['a refusal that repeats the credentials', echo(401)],
  ['a failure that repeats the credentials', echo(500)],
  [
    'a redirect with credentials of its own',
    respond(307, { location: `https://ada:${secrets.password}@login.example/` }, ''),
  ],
  ['no answer of Ollama', respond(200, { 'content-type': 'text/html' }, '<title>Sign in</title>')],
];

class Log implements Logger {
  /** All but what is at trace, where prompts may be. */
  readonly lines: string[] = [];
  readonly trace = (): void => undefined;
  readonly debug = (line: string): void => this.#add(line);
  readonly info = (line: string): void => this.#add(line);
  readonly warn = (line: string): void => this.#add(line);
  readonly error = (line: string): void => this.#add(line);

  #add(line: string): void {
    this.lines.push(line);
  }
}

describe('what must stay where it belongs', () => {
  let bench: Bench;
  let backend: OllamaProvider;
  let conversations: Conversations;
  let log: Log;
  let heard: SessionEvent[];

  beforeEach(async () => {
    bench = await Bench.start();
    log = new Log();
    heard = [];
  });

  afterEach(async () => {
    conversations.dispose();
    backend.dispose();
    await bench.close();
  });

  /** Joined as in the product, with credentials in the address, or else in headers. */
  function join(headers: Readonly<Record<string, string>>, userinfo: string): void {
    backend = createOllamaProvider(() => Promise.resolve(headers));
    backend.connect(bench.server.url.replace('//', `//${userinfo}`));
    const chatModel = createConsentingModels({
      bind: () => backend.bind(),
      mayLeave: () => true,
      mayUseServer: () => true,
      onUnreachable: () => undefined,
      onAnswer: () => undefined,
      logger: log,
    });
    conversations = new Conversations({ ...bench.dependencies, chatModel, logger: log });
    conversations.current.on((event) => heard.push(event));
  }

  /** Asks about the code, and waits for the end and until all is stored. */
  async function ask(): Promise<void> {
    const over = ended(conversations.current);
    assert.equal(conversations.current.send(`Explain ${code}`), 'sent');
    await over;
    await bench.workspace.settle();
  }

  async function stored(): Promise<string> {
    const { directory, memento } = bench.workspace;
    const files = await readdir(directory, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFile(path.join(file.parentPath, file.name), 'utf8'));
    return [...(await Promise.all(texts)), ...memento.values.values()].join('\n');
  }

  function exported(): string {
    const { id } = conversations.current.conversation;
    const turns = conversations.current.conversation.path();
    const events = heard.flatMap((one) => (one.type === 'event' ? [one.event] : []));
    const text = exportMarkdown('Title', turns, {
      person: 'You',
      thinking: 'Thinking',
      ending: ({ end }) => JSON.stringify(end),
      time: String,
    });
    return joinJson([{ id, events }].map(formatJson)) + text;
  }

  for (const [name, script] of endings) {
    it(`keeps credentials out of log, memory, exports and what happens to the conversation: ${name}`, async () => {
      bench.server.onChat(script);
      const headers = { 'X-Api-Key': secrets.key, 'X-Team': secrets.team };
      join(headers, `ada:${secrets.password}@`);
      await ask();
      const asked = bench.server.requestsTo('/api/chat').at(-1);
      assert.equal(asked?.headers['x-api-key'], secrets.key);
      assert.equal(asked.headers['authorization'], `Basic ${btoa(`ada:${secrets.password}`)}`);
      const places = {
        log: log.lines.join('\n'),
        memory: await stored(),
        exports: exported(),
        session: JSON.stringify(heard) + JSON.stringify(conversations.current.conversation.path()),
        shown: backend.origin,
      };
      for (const [place, text] of Object.entries(places)) {
        for (const trace of traces) assert.ok(!text.includes(trace), `${trace} is in the ${place}`);
      }
      assert.ok(places.memory.includes('canaryCode'), 'the memory was looked at');
      assert.ok(places.exports.includes('canaryCode'), 'the export was looked at');
    });

    it(`says neither code nor answer in the log: ${name}`, async () => {
      bench.server.onChat(script);
      join({ Authorization: `Bearer ${secrets.key}` }, '');
      await ask();
      const text = log.lines.join('\n');
      assert.notEqual(text, '', 'something was logged');
      for (const canary of ['canaryCode', '9d1c77', words, secrets.key]) {
        assert.ok(!text.includes(canary), `${canary} is in the log`);
      }
    });
  }
});
