import assert from 'node:assert/strict';
import type { Conversations } from '../../../src/conversation/conversations';
import { answer } from '../../support/ollamaServer/answer';
import { Gate } from '../../support/ollamaServer/gate';
import { Bench, ended } from './sessionFixture';

describe('conversations', () => {
  let bench: Bench;
  let conversations: Conversations;
  beforeEach(async () => {
    bench = await Bench.start();
    conversations = bench.conversations();
    bench.server.onChat(answer(['Yes']));
    conversations.current.send('Is it so?');
    await ended(conversations.current);
  });
  afterEach(() => bench.close());

  const titles = async (): Promise<string[]> =>
    (await bench.store.summaries()).map(({ title }) => title);

  it('takes another title, and keeps it', async () => {
    const { id } = conversations.current.conversation;
    await conversations.rename(id, 'Certainty');
    assert.equal(conversations.current.conversation.title, 'Certainty');
    assert.deepEqual(await titles(), ['Certainty']);
  });

  it('renames a stored conversation that is not open', async () => {
    const { id } = conversations.current.conversation;
    conversations.startNew();
    await conversations.rename(id, 'Certainty');
    assert.deepEqual(await titles(), ['Certainty']);
  });

  it('deletes the conversation that is shown, shows an empty one, and can put it back', async () => {
    const { id } = conversations.current.conversation;
    const deleted = await conversations.delete(id);
    assert.ok(deleted);
    assert.equal(conversations.current.conversation.leaf, null);
    assert.deepEqual(await titles(), []);
    assert.equal(await conversations.open(id), false);
    assert.equal(await bench.store.isDeleted(id), true);

    await conversations.putBack(deleted);
    assert.equal(await bench.store.isDeleted(conversations.current.conversation.id), false);
    assert.deepEqual(
      conversations.current.conversation.path().map(({ text }) => text),
      ['Is it so?', 'Yes'],
    );
    assert.deepEqual(await titles(), ['Is it so?']);
  });

  it('stops the answer of a conversation that is deleted', async () => {
    bench.server.onChat(answer(['Late'], { first: new Gate() }));
    conversations.current.send('And now?');
    await bench.server.received('/api/chat', 2);
    await conversations.delete(conversations.current.conversation.id);
    await bench.server.clientClosed('/api/chat', 2);
    assert.deepEqual(await titles(), []);
  });

  it('knows of no deletion of what is not there', async () => {
    assert.equal(await conversations.delete('00000000-0000-4000-8000-000000000000'), undefined);
  });
});
