import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fromWebviewSchema } from '../../src/shared/protocol';
import { messagesOf, mutated } from '../support/messagesOf';
import { answer } from '../support/ollamaServer/answer';
import type { Script } from '../support/ollamaServer/exchange';
import { respond } from '../support/ollamaServer/scripts';
import { ended } from '../unit/conversation/sessionFixture';
import { PanelBench } from './support/page';

/** These do something without naming a turn: what they do is theirs to do. */
const free: ReadonlySet<unknown> = new Set(['send', 'newConversation', 'startAnew', 'ready']);

const typeOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;

describe('messages of a page that nobody meant', () => {
  let panel: PanelBench;

  beforeEach(async () => {
    panel = await PanelBench.start();
    panel.bench.server.onChat(answer(['One', ' two']));
    await panel.ready();
    const over = ended(panel.session);
    panel.say({ type: 'send', text: 'Hello?' });
    await over;
    panel.bench.server.forget();
  });

  afterEach(() => panel.close());

  const state = (): string => {
    const { conversation } = panel.session;
    return JSON.stringify([conversation.id, conversation.title, conversation.path()]);
  };

  async function hearAll(messages: fc.Arbitrary<unknown>, runs: number): Promise<number> {
    const before = state();
    let understood = 0;
    fc.assert(
      fc.property(messages, (message) => {
        if (panel.hear(message)) understood += 1;
        assert.equal(state(), before);
      }),
      { numRuns: runs, seed: 20261122 },
    );
    // What was begun meanwhile is done when a file of its own is.
    await panel.bench.workspace.settle();
    const sent = panel.bench.server.requests.map(({ path }) => path);
    assert.deepEqual(
      sent.filter((path) => /chat|generate|pull|delete|create|copy|push/u.test(path)),
      [],
    );
    return understood;
  }

  const right = messagesOf(fromWebviewSchema).filter((message) => !free.has(typeOf(message)));

  it('do nothing when they are of the right form but name what is not there: 500 runs', async () => {
    assert.ok((await hearAll(right, 500)) > 400);
  });

  it('do nothing when they are of no form that is known: 500 runs', async () => {
    const wrong = mutated(messagesOf(fromWebviewSchema)).filter((one) => !free.has(typeOf(one)));
    assert.ok((await hearAll(wrong, 500)) < 400);
  });

  it('leave a page that still works', async () => {
    const over = ended(panel.session);
    panel.hear({ type: 'send', text: 'And now?' });
    await over;
    assert.equal(panel.bench.server.requestsTo('/api/chat').length, 1);
    assert.equal(panel.pageText, 'One two');
  });
});

describe('a page is told by nobody, as nobody meant it to be,', () => {
  const password = 'canary-password-7f3a';
  const basic = btoa(`ada:${password}`);

  it('what gets the person in, though the server says it back', async () => {
    const panel = await PanelBench.start();
    const { server, backend } = panel.bench;
    try {
      backend.connect(server.url.replace('//', `//ada:${password}@`));
      await panel.ready();
      const failing: Script = (exchange) =>
        exchange.respond(500, {}, JSON.stringify({ error: exchange.headers }));
      const redirecting = respond(302, { location: `http://ada:${password}@login.example/` }, '');
      for (const script of [answer(['One']), failing, redirecting]) {
        server.onChat(script);
        const over = ended(panel.session);
        panel.say({ type: 'send', text: 'Hello?' });
        await over;
      }
      panel.say({ type: 'resync' });
      assert.equal(
        server.requestsTo('/api/chat').at(-1)?.headers['authorization'],
        `Basic ${basic}`,
      );
      const told = JSON.stringify(panel.posts);
      assert.ok(told.includes('redirect') || told.includes('login.example'), told);
      for (const secret of [password, basic]) assert.ok(!told.includes(secret), secret);
    } finally {
      await panel.close();
    }
  });
});
