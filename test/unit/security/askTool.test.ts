import assert from 'node:assert/strict';
import { inRepo } from '../../support/folders';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import type { Script } from '../../support/ollamaServer/exchange';
import { doneLine } from '../ollama/clientFixture';
import { tryCommand } from '../../support/process';

const escape = '\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u202e';
const password = 'canary-password-7f3a';
const basic = Buffer.from(`ada:${password}`).toString('base64');

const answer: Script = async (exchange) => {
  const message = { content: `answer ${escape}`, thinking: `thought ${escape}` };
  await exchange.write(`${JSON.stringify({ message })}\n${doneLine}\n`);
  exchange.end();
};

/** What a proxy says that prints the headers it got. */
const echo: Script = (exchange) => {
  const error = `refused ${escape} ${String(exchange.headers['authorization'])} ada:${password}`;
  exchange.respond(401, {}, JSON.stringify({ error }));
};

describe('npm run ask', () => {
  let server: OllamaServer;

  before(async () => {
    server = await OllamaServer.start();
  });
  after(() => server.close());

  for (const [name, script] of Object.entries({ answer, echo })) {
    it(`M7, L9: prints no control character and no password: ${name}`, async () => {
      const model = `m${escape}`;
      server.models([model]);
      server.onChat(script);
      const url = server.url.replace('//', `//ada:${password}@`);
      const tool = inRepo('.cache', 'tools', 'ask.mjs');
      const args = [tool, 'question', '--endpoint', url, '--model', model];
      const { stdout, stderr } = await tryCommand(process.execPath, args);
      const printed = stdout + stderr;
      assert.match(printed, /answer|refused/u);
      assert.match(printed, /⟨U\+001B⟩/u);
      assert.doesNotMatch(printed, /(?!\n)[\p{Cc}\u202e]/u);
      for (const secret of [password, basic]) assert.ok(!printed.includes(secret), printed);
    });
  }

  it('names the model that it asks, not the first one of the server', async () => {
    server.models(['first:1b', 'second:1b']);
    server.onChat(answer);
    const tool = inRepo('.cache', 'tools', 'ask.mjs');
    const args = [tool, 'question', '--endpoint', server.url, '--model', 'second:1b'];
    const { stderr } = await tryCommand(process.execPath, args);
    assert.match(stderr, /^\[second:1b /mu);
    assert.doesNotMatch(stderr, /first:1b/u);
    assert.equal(server.requestsTo('/api/chat').at(-1)?.json?.['model'], 'second:1b');
  });
});
