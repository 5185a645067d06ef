import assert from 'node:assert/strict';
import type { Conversations } from '../../../src/conversation/conversations';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { Bench, ended, lastAnswer } from './sessionFixture';

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

  it('stays pinned, also after a restart', async () => {
    const { id } = conversations.current.conversation;
    const pinned = async (): Promise<boolean[]> =>
      (await bench.workspace.window().summaries()).map((summary) => summary.pinned);
    await conversations.pin(id, true);
    assert.equal(conversations.current.conversation.pinned, true);
    assert.deepEqual(await pinned(), [true]);
    conversations.startNew();
    await conversations.pin(id, false);
    assert.deepEqual(await pinned(), [false]);
  });

  it('knows which conversations are running, also behind the one that is shown', async () => {
    const { id } = conversations.current.conversation;
    const heard: boolean[] = [];
    conversations.onRunningChanged(() => heard.push(conversations.isRunning(id)));
    const gates = [new Gate(), new Gate()] as const;
    const [first, second] = gates;
    bench.server.onChat(answer(['First'], { first }));
    conversations.current.send('And now?');
    const behind = conversations.current;
    await bench.server.received('/api/chat', 2);
    conversations.startNew();
    bench.server.onChat(answer(['Second'], { first: second }));
    conversations.current.send('And here?');
    await bench.server.received('/api/chat', 3);
    const shown = conversations.current;
    assert.equal(conversations.isRunning(id), true);
    assert.equal(conversations.isRunning(shown.conversation.id), true);

    const behindEnded = ended(behind);
    first.open();
    await behindEnded;
    assert.equal(conversations.isRunning(id), false);
    assert.equal(heard.at(-1), false);
    assert.equal(await conversations.open(id), true);
    assert.equal(lastAnswer(conversations.current).text, 'First');
    assert.equal(shown.running, true);
    const shownEnded = ended(shown);
    second.open();
    await shownEnded;
    assert.equal(lastAnswer(shown).text, 'Second');
  });

  it('shows the branch on which something was found', async () => {
    const [, first] = conversations.current.conversation.path();
    bench.server.onChat(answer(['No']));
    conversations.current.regenerate(first?.id ?? '');
    await ended(conversations.current);
    assert.equal(lastAnswer(conversations.current).text, 'No');
    conversations.current.reveal(first?.id ?? '');
    assert.equal(lastAnswer(conversations.current).text, 'Yes');
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
