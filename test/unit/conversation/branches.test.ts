import assert from 'node:assert/strict';
import { Conversation } from '../../../src/conversation/conversation';
import type { ConversationSession } from '../../../src/conversation/session';
import { answer, fail, loadRecording, replay, tokensOf } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { Bench, ended, lastAnswer, written } from './sessionFixture';

const texts = (session: ConversationSession): string[] =>
  session.conversation.path().map(({ text }) => text);

describe('session, going back', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench.close());

  /** Asks, and is answered with these words. */
  async function exchange(
    session: ConversationSession,
    message: string,
    words: string,
  ): Promise<string> {
    bench.server.onChat(answer(tokensOf(words)));
    session.send(message);
    return (await ended(session)).id;
  }

  const sent = (): unknown => bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];

  it('edits an earlier message as a branch, and comes back to the first one', async () => {
    const session = bench.session();
    await exchange(session, 'One', 'first');
    await exchange(session, 'Two', 'second');
    const [question] = session.conversation.path();
    assert.ok(question);
    bench.server.onChat(answer(['other']));
    assert.equal(session.editAndResend(question.id, 'Uno'), 'sent');
    await ended(session);
    assert.deepEqual(texts(session), ['Uno', 'other']);
    assert.deepEqual(sent(), [{ role: 'user', content: 'Uno' }]);

    const [edited] = session.conversation.path();
    assert.ok(edited);
    assert.equal(session.conversation.branch(edited.id)?.index, 1);
    session.selectBranch(edited.id, -1);
    assert.deepEqual(texts(session), ['One', 'first', 'Two', 'second']);
    session.selectBranch(question.id, -1);
    assert.deepEqual(texts(session), ['One', 'first', 'Two', 'second']);
  });

  it('asks the same again with another model, beside the first answer', async () => {
    const session = bench.session();
    bench.server.models(['m', 'big']);
    const first = await exchange(session, 'One', 'first');
    bench.server.onChat(answer(['larger']));
    session.regenerate(first, 'big');
    const second = await ended(session);
    assert.deepEqual([second.model, second.text], ['big', 'larger']);
    assert.equal(session.conversation.branch(second.id)?.siblings.length, 2);
  });

  it('keeps the branch that was chosen over a restart, until a later turn', async () => {
    const conversations = bench.conversations();
    const session = conversations.current;
    const first = await exchange(session, 'One', 'first');
    bench.workspace.clock.advance(1000);
    bench.server.onChat(answer(['again']));
    session.regenerate(first);
    const second = await ended(session);
    bench.workspace.clock.advance(1000);
    session.selectBranch(second.id, -1);
    await bench.store.flush();
    const stored = await bench.workspace.window().open(session.conversation.id);
    assert.ok(stored);
    const chosen = new Conversation('x', stored.events).path();
    assert.deepEqual(
      chosen.map(({ text }) => text),
      ['One', 'first'],
    );
    bench.workspace.clock.advance(1000);
    bench.server.onChat(answer(['third']));
    session.regenerate(first);
    await ended(session);
    const later = await bench.workspace.window().open(session.conversation.id);
    assert.ok(later);
    assert.equal(new Conversation('x', later.events).path().at(-1)?.text, 'third');
  });

  it('deletes a message with its answer, and keeps what came after', async () => {
    const session = bench.session();
    await exchange(session, 'One', 'first');
    await exchange(session, 'Two', 'second');
    await exchange(session, 'Three', 'third');
    const middle = session.conversation.path()[2];
    assert.ok(middle);
    session.deleteTurn(middle.id);
    assert.deepEqual(texts(session), ['One', 'first', 'Three', 'third']);
    bench.server.onChat(answer(['fourth']));
    session.send('Four');
    await ended(session);
    assert.deepEqual(
      Array.isArray(sent()) && (sent() as { content: string }[]).map(({ content }) => content),
      ['One', 'first', 'Three', 'third', 'Four'],
    );
  });

  it('deletes one answer of two, and shows the other', async () => {
    const session = bench.session();
    const first = await exchange(session, 'One', 'first');
    bench.server.onChat(answer(['again']));
    session.regenerate(first);
    const second = await ended(session);
    session.deleteTurn(second.id);
    assert.deepEqual(texts(session), ['One', 'first']);
  });

  it('changes nothing while an answer runs', async () => {
    const session = bench.session();
    const first = await exchange(session, 'One', 'first');
    bench.server.onChat(answer(['late'], { first: new Gate() }));
    session.send('Two');
    const before = texts(session);
    session.regenerate(first);
    session.continueTurn(first);
    session.deleteTurn(first);
    session.selectBranch(first, 1);
    assert.equal(session.editAndResend(session.conversation.path()[0]?.id ?? '', 'x'), 'busy');
    assert.deepEqual(texts(session), before);
    session.stop();
  });
});

describe('session, continuing', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench.close());

  /** A session whose last answer was stopped after these words. */
  async function stopped(words: string): Promise<{ session: ConversationSession; id: string }> {
    const session = bench.session();
    const gate = new Gate();
    const tokens = tokensOf(words);
    bench.server.onChat(answer([...tokens, ' and more'], { pacing: { gate } }));
    session.send('Name the seasons.');
    gate.release(tokens.length);
    await written(session, words);
    session.stop();
    return { session, id: lastAnswer(session).id };
  }

  it('goes on in the same turn from the partial answer, without thinking, with a seam', async () => {
    const { session, id } = await stopped('Spring, sum');
    bench.server.onChat(answer(['mer, ', 'autumn, ', 'winter.']));
    session.continueTurn(id);
    const turn = await ended(session);
    assert.deepEqual(
      [turn.id, turn.text, turn.continuationOffsets, turn.end?.kind],
      [id, 'Spring, summer, autumn, winter.', [11], 'done'],
    );
    const body = bench.server.requestsTo('/api/chat').at(-1)?.json;
    assert.equal(body?.['think'], false);
    assert.deepEqual(body['messages'], [
      { role: 'user', content: 'Name the seasons.' },
      { role: 'assistant', content: 'Spring, sum' },
    ]);
  });

  it('shows nothing twice when the model starts again from the top', async () => {
    const { session, id } = await stopped('The seasons are spring, sum');
    bench.server.onChat(answer(tokensOf('The seasons are spring, summer, autumn and winter.')));
    session.continueTurn(id);
    const turn = await ended(session);
    assert.equal(turn.text, 'The seasons are spring, summer, autumn and winter.');
    assert.deepEqual(turn.continuationOffsets, [27]);
  });

  it('keeps a short likeness, which may be chance', async () => {
    const { session, id } = await stopped('The seasons are spring and');
    bench.server.onChat(answer(tokensOf('The rest: summer.')));
    session.continueTurn(id);
    assert.equal((await ended(session)).text, 'The seasons are spring andThe rest: summer.');
  });

  it('gives out what it held back when the stream ends in the middle of the repetition', async () => {
    const { session, id } = await stopped('The seasons are spring, sum');
    bench.server.onChat(answer(['The'], { withoutDone: true }));
    session.continueTurn(id);
    const turn = await ended(session);
    assert.equal(turn.text, 'The seasons are spring, sumThe');
    assert.equal(turn.end?.kind, 'truncated');
  });

  it('asks in words when the server refuses an answer as the last message', async () => {
    const { session, id } = await stopped('Spring, sum');
    bench.server.once('/api/chat', fail(400, 'the last message must be from the user'));
    bench.server.onChat(answer(['mer.']));
    session.continueTurn(id);
    assert.equal((await ended(session)).text, 'Spring, summer.');
    const messages = bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    const last = (messages as { role: string; content: string }[]).at(-1);
    assert.equal(last?.role, 'user');
    assert.ok(last.content.endsWith('Spring, sum'));
  });

  it('is whole again after a restart, with its seam', async () => {
    const { session, id } = await stopped('Spring, sum');
    bench.server.onChat(answer(['mer.']));
    session.continueTurn(id);
    await ended(session);
    await bench.store.flush();
    const stored = await bench.workspace.window().open(session.conversation.id);
    assert.ok(stored);
    const turn = new Conversation('x', stored.events).turn(id);
    assert.ok(turn?.role === 'assistant');
    assert.deepEqual(
      [turn.text, turn.end?.kind, turn.continuationOffsets],
      ['Spring, summer.', 'done', [11]],
    );
  });

  for (const name of ['chat-continue-prefill', 'chat-continue-prefill-thinking']) {
    it(`shows the partial answer once with what a real server sent: ${name}`, async () => {
      const { body } = loadRecording(name).request;
      const partial = (body?.['messages'] as { content: string }[]).at(-1)?.content ?? '';
      const { session, id } = await stopped(partial);
      bench.server.on('/api/chat', replay(name));
      session.continueTurn(id);
      const { text } = await ended(session);
      assert.ok(text.startsWith(partial) && text.length > partial.length, text);
      assert.equal(text.split(partial.slice(0, 16)).length, 2, text);
    });
  }
});
