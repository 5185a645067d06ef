import assert from 'node:assert/strict';
import { answer } from '../../support/ollamaServer/scripts';
import { Bench, ended, until } from './sessionFixture';
import type { ConversationSession } from '../../../src/conversation/session';

describe('session, and what fits', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => bench.close());

  /** What was sent with the last request: the beginning of each message. */
  function lastSent(): readonly string[] {
    const messages = bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    assert.ok(Array.isArray(messages));
    return messages.map(({ content }: { content: string }) => content.slice(0, 8));
  }

  async function say(session: ConversationSession, text: string): Promise<void> {
    session.send(text);
    await ended(session);
  }

  it('leaves the oldest exchanges out before the server has to refuse, and says so once', async () => {
    bench.settings = { model: 'm', systemPrompt: '', profile: { contextLength: 1024 } };
    bench.server.onChat(answer(['word '.repeat(120)]));
    const session = bench.session();
    const leftOut: (number | undefined)[] = [];
    const fronts: string[] = [];
    for (let at = 0; at < 12; at += 1) {
      session.send(`${at} ${'word '.repeat(20)}`);
      leftOut.push((await ended(session)).metrics?.turnsLeftOut);
      fronts.push(lastSent()[0] ?? '');
    }
    assert.equal(bench.server.requestsTo('/api/chat').length, 12);
    const cuts = leftOut.filter((count) => count !== undefined);
    assert.ok(cuts.length >= 1 && cuts.length <= 5, String(leftOut));
    assert.deepEqual(
      [...cuts].sort((a, b) => a - b),
      cuts,
    );
    assert.equal(new Set(fronts).size, cuts.length + 1);
  });

  it('sends nothing from before a message that is forgotten from, until it is recalled', async () => {
    bench.server.onChat(answer(['Yes.']));
    const session = bench.session();
    for (const text of ['First', 'Second', 'Third']) await say(session, text);
    const second = session.conversation.path()[2];
    assert.ok(second);
    session.setContextStart(second.id);
    assert.equal(session.preview({ text: '', attachments: [] }).excluded, 2);
    await say(session, 'Fourth');
    assert.deepEqual(lastSent(), ['Second', 'Yes.', 'Third', 'Yes.', 'Fourth']);
    session.setContextStart(session.conversation.path()[1]?.id ?? '');
    assert.equal(session.conversation.contextStart, second.id);
    session.setContextStart(null);
    await say(session, 'Fifth');
    assert.equal(lastSent()[0], 'First');
    assert.equal(session.conversation.path().length, 10);
  });

  it('has what was forgotten on disk, and keeps it forgotten when its first message is deleted', async () => {
    bench.server.onChat(answer(['Yes.']));
    const session = bench.session();
    for (const text of ['First', 'Second', 'Third']) await say(session, text);
    const [, , second, , third] = session.conversation.path();
    session.setContextStart(second?.id ?? '');
    session.deleteTurn(second?.id ?? '');
    assert.equal(session.conversation.contextStart, third?.id);
    await bench.store.close();
    const stored = await bench.workspace.window().open(session.conversation.id);
    const kinds = stored?.events.map(({ kind }) => kind) ?? [];
    assert.ok(kinds.includes('forgotten'));
  });

  it('proves after an answer that the server read what was sent, or says that it cut it', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['Yes.'], { metrics: { prompt_eval_count: 514 } }));
    session.send('word '.repeat(3000));
    const { metrics } = await ended(session);
    assert.equal(metrics?.promptWasCut, true);
    assert.equal(bench.known.get('m')?.factor, undefined);
    bench.server.onChat(answer(['Yes.'], { metrics: { prompt_eval_count: 3005 } }));
    const other = bench.session();
    other.send('word '.repeat(3000));
    assert.equal((await ended(other)).metrics?.promptWasCut, undefined);
    assert.ok((bench.known.get('m')?.factor ?? 0) > 0.6);
  });

  it('asks the model only when the person asks something, whatever is looked at', async () => {
    bench.server.onChat(answer(['Yes.']));
    const conversations = bench.conversations();
    const session = conversations.current;
    const asked = (): number =>
      bench.server.requestsTo('/api/chat').length + bench.server.requestsTo('/api/generate').length;
    session.preview({ text: 'Draft', attachments: [] });
    conversations.saveDraft('Draft');
    assert.equal(asked(), 0);
    await say(session, 'First');
    assert.equal(asked(), 1);
    session.preview({ text: 'Another', attachments: [] });
    const [first] = session.conversation.path();
    session.setContextStart(first?.id ?? '');
    session.setContextStart(null);
    await session.rename('Title');
    await session.pin(true);
    session.selectBranch(first?.id ?? '', 1);
    await bench.budget.refresh({ model: 'm', profile: {} });
    conversations.startNew();
    await conversations.open(session.conversation.id);
    assert.equal(asked(), 1);
    const answered = until(
      conversations.current,
      (event) => event.type === 'event' && event.event.kind === 'turnEnded',
    );
    conversations.current.regenerate(conversations.current.conversation.path()[1]?.id ?? '');
    await answered;
    assert.equal(asked(), 2);
  });
});
