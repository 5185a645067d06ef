import assert from 'node:assert/strict';
import { Conversations } from '../../../src/conversation/conversations';
import type { SessionEvent } from '../../../src/conversation/session';
import { answer, fail, raw, replay, tokensOf } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { Bench, ended, lastAnswer, until, written } from './sessionFixture';

const overflow = (promptTokens: number, contextLength: number): string =>
  JSON.stringify({
    error: {
      code: 400,
      message: `request (${promptTokens} tokens) exceeds the available context size`,
      type: 'exceed_context_size_error',
      n_prompt_tokens: promptTokens,
      n_ctx: contextLength,
    },
  });

describe('session', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench.close());

  it('streams an answer into the conversation and keeps what the server measured', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['Hel', 'lo'], { thinking: ['Hm'] }));
    assert.equal(session.send('Hi'), 'sent');
    const turn = await ended(session);
    assert.deepEqual(
      { text: turn.text, thinking: turn.thinking, state: turn.state, model: turn.model },
      { text: 'Hello', thinking: 'Hm', state: 'done', model: 'm' },
    );
    assert.equal(turn.metrics?.evalCount, 2);
    assert.equal(session.running, false);
  });

  it('sends the conversation so far, oldest first, and never asks for truncation', async () => {
    const session = bench.session();
    bench.settings = { model: 'm', systemPrompt: 'Be brief.', profile: { contextLength: 2048 } };
    bench.server.onChat(answer(['One']));
    session.send('First');
    await ended(session);
    session.send('Second');
    await ended(session);
    const body = bench.server.requestsTo('/api/chat').at(-1)?.json;
    assert.deepEqual(body?.['messages'], [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'First' },
      { role: 'assistant', content: 'One' },
      { role: 'user', content: 'Second' },
    ]);
    assert.deepEqual(body['options'], { num_ctx: 2048 });
    assert.equal(body['truncate'], false);
  });

  it('has the message on disk before the request goes out', async () => {
    const session = bench.session();
    const order: string[] = [];
    const { store } = bench;
    const append = store.append.bind(store);
    store.append = async (id, event) => {
      await append(id, event);
      if (event.kind === 'turnStarted' && event.turn.role === 'user') order.push('stored');
    };
    bench.server.onChat((exchange) => {
      order.push('asked');
      return answer(['Yes'])(exchange);
    });
    session.send('Hi');
    await ended(session);
    assert.deepEqual(order, ['stored', 'asked']);
  });

  it('closes the connection on stop, and says nothing more of that answer', async () => {
    const session = bench.session();
    const gate = new Gate();
    bench.server.onChat(answer(tokensOf('one two three four'), { pacing: { gate } }));
    session.send('Count');
    gate.release(2);
    await written(session, 'one two');
    const after: SessionEvent[] = [];
    session.stop();
    session.on((event) => after.push(event));
    await bench.server.clientClosed('/api/chat');
    gate.open();
    bench.server.onChat(answer(['Next']));
    session.send('Again');
    await ended(session);
    const [, stopped] = session.conversation.path();
    assert.equal(stopped?.role, 'assistant');
    assert.deepEqual([stopped.text, stopped.state], ['one two', 'stopped']);
    assert.ok(
      after.every((event) =>
        event.type === 'activity'
          ? event.turnId !== stopped.id
          : !('turnId' in event.event) || event.event.turnId !== stopped.id,
      ),
    );
  });

  it('can be stopped before a byte has come', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['Late'], { first: new Gate() }));
    session.send('Hi');
    await bench.server.received('/api/chat');
    session.stop();
    await bench.server.clientClosed('/api/chat');
    assert.equal(lastAnswer(session).state, 'stopped');
  });

  it('takes no empty message, and no second one while it answers', async () => {
    const session = bench.session();
    const gate = new Gate();
    bench.server.onChat(answer(['Yes'], { first: gate }));
    assert.equal(session.send(' \n '), 'empty');
    assert.equal(session.conversation.leaf, null);
    assert.equal(session.send('Hi'), 'sent');
    assert.equal(session.send('Me too'), 'busy');
    gate.open();
    await ended(session);
    assert.equal(session.conversation.path().length, 2);
  });

  it('keeps the partial text of a stream that ends without its last line', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['It ', 'promises'], { withoutDone: true }));
    session.send('Hi');
    const { text, end } = await ended(session);
    assert.equal(text, 'It promises');
    assert.equal(end?.kind, 'truncated');
  });

  it('keeps the partial text when the server dies, as recorded', async () => {
    const session = bench.session();
    bench.server.onChat(replay('server-killed'));
    session.send('Hi');
    const { text, end } = await ended(session);
    assert.notEqual(text, '');
    assert.ok(end?.kind === 'truncated' || end?.kind === 'failed', end?.kind);
  });

  it('says which model is missing', async () => {
    const session = bench.session();
    bench.settings = { ...bench.settings, model: 'gone' };
    session.send('Hi');
    const { end } = await ended(session);
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'modelMissing');
  });

  it('says that no model is chosen, without asking the server', async () => {
    const session = bench.session();
    bench.settings = { ...bench.settings, model: '' };
    session.send('Hi');
    const { end } = await ended(session);
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'noModel');
    assert.deepEqual(bench.server.requests, []);
  });

  it('says that an HTML page is not Ollama', async () => {
    const session = bench.session();
    const page = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>';
    bench.server.on('/api/chat', raw([page]));
    session.send('Hi');
    const { end } = await ended(session);
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'protocol');
  });

  it('answers again as a branch beside the first answer', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['One']));
    session.send('Hi');
    const first = await ended(session);
    bench.server.onChat(answer(['Two']));
    session.regenerate(first.id);
    const second = await ended(session);
    assert.equal(second.text, 'Two');
    assert.equal(second.parent, first.parent);
    assert.equal(session.conversation.turn(first.id)?.text, 'One');
    assert.deepEqual(bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'], [
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('drops the oldest exchanges after an exact refusal, tries once more, and says how many', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['x'.repeat(600)]));
    for (const message of ['First', 'Second', 'Third']) {
      session.send(message);
      await ended(session);
    }
    bench.server.once('/api/chat', fail(400, overflow(1700, 1024)));
    session.send('Fourth');
    const { end, metrics } = await ended(session);
    assert.equal(end?.kind, 'done');
    assert.equal(metrics?.turnsLeftOut, 4);
    const sent = bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    assert.deepEqual(
      Array.isArray(sent) && sent.map((message: { content: string }) => message.content[0]),
      ['T', 'x', 'F'],
    );
  });

  it('keeps to the cut it made, so that the front of the prompt stays the same', async () => {
    const session = bench.session();
    bench.server.onChat(answer(['x'.repeat(600)]));
    session.send('First');
    await ended(session);
    bench.server.once('/api/chat', fail(400, overflow(1300, 1024)));
    session.send('Second');
    await ended(session);
    session.send('Third');
    await ended(session);
    const sent = bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    assert.equal(Array.isArray(sent) && sent.length, 3);
  });

  it('lets an overflow stand that nothing can be dropped for, with its counts', async () => {
    const session = bench.session();
    bench.server.onChat(fail(400, overflow(9000, 4096)));
    session.send('A very long message');
    const { end } = await ended(session);
    assert.equal(end?.kind, 'failed');
    assert.deepEqual(
      [end.failure.kind, end.failure.promptTokens, end.failure.contextLength],
      ['contextOverflow', 9000, 4096],
    );
    assert.equal(bench.server.requestsTo('/api/chat').length, 1);
  });

  it('finds an answer interrupted that ran when its window went away', async () => {
    const conversations = bench.conversations();
    const gate = new Gate();
    bench.server.onChat(answer(tokensOf('one two three'), { pacing: { gate } }));
    conversations.current.send('Count');
    gate.release(2);
    await written(conversations.current, 'one two');
    conversations.saveDraft('half a thou');
    conversations.dispose();
    await bench.server.clientClosed('/api/chat');
    await bench.store.close();

    const next = new Conversations({
      ...bench.dependencies,
      store: bench.workspace.window(),
    });
    await next.restored();
    assert.deepEqual(
      [lastAnswer(next.current).text, lastAnswer(next.current).state, next.draft],
      ['one two', 'interrupted', 'half a thou'],
    );
  });

  it('begins another conversation when that is asked for before the memory was read', async () => {
    const conversations = bench.conversations();
    bench.server.onChat(answer(tokensOf('one two')));
    conversations.current.send('Count');
    await written(conversations.current, 'one two');
    conversations.dispose();
    await bench.store.close();

    const next = new Conversations({ ...bench.dependencies, store: bench.workspace.window() });
    const reading = next.restored();
    next.startNew();
    await reading;
    assert.equal(next.current.conversation.leaf, null);
  });

  it('lets an answer run on behind a new conversation, and comes back to it', async () => {
    const conversations = bench.conversations();
    const gate = new Gate();
    bench.server.onChat(answer(tokensOf('one two'), { pacing: { gate } }));
    const first = conversations.current;
    first.send('Count');
    gate.release(1);
    await written(first, 'one');
    conversations.startNew();
    assert.notEqual(conversations.current, first);
    const finished = until(
      first,
      (event) => event.type === 'event' && event.event.kind === 'turnEnded',
    );
    gate.open();
    await finished;
    assert.equal(await conversations.open(first.conversation.id), true);
    assert.equal(lastAnswer(conversations.current).text, 'one two');
    assert.equal(await conversations.open('00000000-0000-4000-8000-000000000000'), false);
  });
});
