import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { type FromWebview, fromWebviewSchema } from '../../src/shared/protocol';
import { eventually } from '../support/clock';
import { messagesOf, mutated } from '../support/messagesOf';
import { answer, respond } from '../support/ollamaServer/scripts';
import type { Script } from '../support/ollamaServer/exchange';
import { ended } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

/** These do something without naming a turn: what they do is theirs to do. */
const free: ReadonlySet<unknown> = new Set([
  'send',
  'newConversation',
  'startFromSummary',
  'ready',
]);

const lookUps: ReadonlySet<string> = new Set([
  '/',
  '/api/version',
  '/api/tags',
  '/api/ps',
  '/api/show',
]);

const typeOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;

describe('unexpected messages of a page', () => {
  let panel: PanelBench;

  beforeEach(async () => {
    panel = await PanelBench.start();
    panel.bench.server.onChat(answer(['One', ' two']));
    await panel.ready();
    const over = ended(panel.session);
    panel.say({ type: 'send', id: 'r1', text: 'Hello?' });
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
        panel.hear(message);
        if (v.safeParse(fromWebviewSchema, message).success) understood += 1;
        assert.equal(state(), before);
      }),
      { numRuns: runs, seed: 20261122 },
    );
    // What was started meanwhile is done when a file of this test is.
    await panel.bench.workspace.settle();
    assert.deepEqual(askedFor(), []);
    return understood;
  }

  /** All that was sent but the questions about the server itself, which no model answers. */
  function askedFor(): string[] {
    const sent = panel.bench.server.requests.map(({ path }) => path);
    return sent.filter((path) => !lookUps.has(path));
  }

  const right = messagesOf(fromWebviewSchema).filter((message) => !free.has(typeOf(message)));

  it('do nothing when they are of the right form but name what is not there: 1,000 runs', async () => {
    assert.ok((await hearAll(right, 1_000)) > 800);
  });

  it('do nothing when they are of no form that is known: 1,000 runs', async () => {
    const wrong = mutated(messagesOf(fromWebviewSchema)).filter((one) => !free.has(typeOf(one)));
    assert.ok((await hearAll(wrong, 1_000)) < 800);
  });

  /** How many answers a model is asked for by each message that means something. */
  const answersAsked: Readonly<Record<FromWebview['type'], readonly [number, ...FromWebview[]]>> = {
    ready: [0, { type: 'ready' }],
    ack: [0, { type: 'ack' }],
    send: [1, { type: 'send', id: 'r1', text: 'And now?' }],
    attach: [0, { type: 'attach', source: 'file' }],
    attachUris: [0, { type: 'attachUris', uris: ['file:///a.ts'] }],
    attachText: [0, { type: 'attachText', text: 'Pasted.', length: 9 }],
    attachParts: [0, { type: 'attachParts', id: 'at-2' }],
    detach: [0, { type: 'detach', id: 'at-2' }],
    previewAttachment: [0, { type: 'previewAttachment', id: 'at-2' }],
    queued: [0, { type: 'queued', id: 'none', action: 'sendNow' }],
    query: [0, { type: 'query', seq: 1, of: 'workspace', text: 'money' }],
    showConversations: [0, { type: 'showConversations' }],
    stop: [0, { type: 'stop' }],
    regenerate: [1, { type: 'regenerate', turnId: 'answer' }],
    askWithModel: [1, { type: 'askWithModel', turnId: 'answer' }],
    editAndResend: [1, { type: 'editAndResend', id: 'r2', turnId: 'said', text: 'Other words?' }],
    selectBranch: [0, { type: 'selectBranch', turnId: 'said', step: 1 }],
    continueTurn: [1, { type: 'continueTurn', turnId: 'answer' }],
    deleteTurn: [0, { type: 'deleteTurn', turnId: 'said' }],
    loadEarlier: [0, { type: 'loadEarlier', before: 'said' }],
    newConversation: [0, { type: 'newConversation' }],
    pickModel: [0, { type: 'pickModel' }],
    draftChanged: [0, { type: 'draftChanged', text: 'Half a mess', at: 1 }],
    recover: [1, { type: 'recover', action: 'retry', turnId: 'answer' }],
    openLink: [0, { type: 'openLink', href: 'javascript:1', text: 'x' }],
    codeAction: [0, { type: 'codeAction', turnId: 'answer', block: 0, action: 'insert' }],
    lookUp: [0, { type: 'lookUp', names: ['money.ts'] }],
    openName: [0, { type: 'openName', name: 'money.ts' }],
    setContextStart: [
      0,
      { type: 'setContextStart', turnId: 'said' },
      { type: 'setContextStart', turnId: null },
    ],
    startFromSummary: [1, { type: 'startFromSummary' }],
    setContextLength: [0, { type: 'setContextLength' }],
    useContext: [0, { type: 'useContext' }],
    undoContext: [0, { type: 'undoContext', turnId: 'answer' }],
    askContext: [0, { type: 'askContext' }],
    requestPrompts: [0, { type: 'requestPrompts' }],
    themeShown: [0, { type: 'themeShown', theme: 'Dark Modern' }],
    resync: [0, { type: 'resync' }],
    pageError: [0, { type: 'pageError', message: 'x' }],
  };

  for (const [type, [count, ...messages]] of Object.entries(answersAsked)) {
    it(`are counted: ${type} asks for ${count}`, async () => {
      const [said, reply] = panel.session.conversation.path();
      const ids: Readonly<Record<string, string | undefined>> = {
        said: said?.id,
        answer: reply?.id,
      };
      for (const message of messages) {
        const turnId = 'turnId' in message ? ids[message.turnId ?? ''] : undefined;
        panel.hear(turnId === undefined ? message : { ...message, turnId });
      }
      if (count > 0) await panel.bench.server.received('/api/chat', count);
      await panel.bench.workspace.settle();
      await eventually(() => assert.equal(panel.session.running, false));
      assert.deepEqual(askedFor(), Array(count).fill('/api/chat'));
    });
  }

  it('leave a page that still works', async () => {
    const over = ended(panel.session);
    panel.hear({ type: 'send', id: 'r1', text: 'And now?' });
    await over;
    assert.equal(panel.bench.server.requestsTo('/api/chat').length, 1);
    assert.equal(panel.pageText, 'One two');
  });
});

describe('a page without a user or with unexpected messages', () => {
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
        panel.say({ type: 'send', id: 'r1', text: 'Hello?' });
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
