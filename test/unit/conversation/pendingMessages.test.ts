import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Conversations } from '../../../src/conversation/conversations';
import { maxAttachments } from '../../../src/shared/attachment';
import { attachments } from '../../support/samples';
import { eventually } from '../../support/clock';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { Bench, ended, lastAnswer } from './sessionFixture';

describe('the outbox', () => {
  let bench: Bench;
  let conversations: Conversations;

  beforeEach(async () => {
    bench = await Bench.start();
    conversations = bench.conversations();
  });

  afterEach(async () => {
    conversations.dispose();
    await bench.close();
  });

  const texts = (): string[] => conversations.current.conversation.path().map(({ text }) => text);
  const queued = (): string[] => conversations.pending.queue.map(({ text }) => text);

  /** Says this, and gives the gate that lets the answer through. */
  function say(text: string, more: Parameters<typeof answer>[1] = {}): Gate {
    const gate = new Gate();
    bench.server.onChat(answer([`To ${text}`], { ...more, pacing: { gate } }));
    assert.equal(conversations.pending.send(text), 'sent');
    return gate;
  }

  it('sends what is attached with the message, once', async () => {
    const { pending } = conversations;
    pending.attach(attachments.file);
    pending.attach(attachments.selection);
    pending.detach(attachments.file.id);
    say('Why?').open();
    assert.deepEqual(pending.attachments, []);
    const [turn] = conversations.current.conversation.path();
    assert.deepEqual(turn?.role === 'user' && turn.attachments, [attachments.selection]);
    await ended(conversations.current);
    const [request] = bench.server.requestsTo('/api/chat');
    assert.match(JSON.stringify(request?.body), /src\/client\.ts:80-81:.*Why\?/u);
  });

  it('has one attachment of a place, the newest, and never too many', () => {
    const { pending } = conversations;
    pending.attach(attachments.file);
    pending.attach({ ...attachments.file, id: 'newer', text: 'new' });
    assert.deepEqual(
      pending.attachments.map(({ id }) => id),
      ['newer'],
    );
    for (let n = 1; n < maxAttachments; n++) {
      assert.ok(pending.attach({ ...attachments.file, id: `${n}`, path: `${n}.ts` }));
    }
    assert.equal(pending.attach(attachments.folder), false);
    assert.equal(pending.attachments.length, maxAttachments);
  });

  it('keeps what is attached when there is nothing to say', () => {
    const { pending } = conversations;
    pending.attach(attachments.file);
    assert.equal(pending.send('  '), 'empty');
    assert.equal(pending.attachments.length, 1);
  });

  it('lets messages wait while an answer runs, and sends one after the other', async () => {
    const gate = say('One');
    conversations.pending.attach(attachments.file);
    assert.equal(conversations.pending.send('Two'), 'queued');
    assert.equal(conversations.pending.send('Three'), 'queued');
    assert.deepEqual(queued(), ['Two', 'Three']);
    assert.deepEqual(conversations.pending.attachments, []);
    gate.open();
    await eventually(() => assert.equal(conversations.current.running, false));
    const said = texts().filter((_text, index) => index % 2 === 0);
    assert.deepEqual(said, ['One', 'Two', 'Three']);
    assert.deepEqual(queued(), []);
    const two = conversations.current.conversation.path()[2];
    assert.deepEqual(two?.role === 'user' && two.attachments, [attachments.file]);
  });

  it('holds them when the answer fails or is stopped, until the person says so', async () => {
    const gate = say('One', { error: 'out of luck' });
    conversations.pending.send('Two');
    const failed = ended(conversations.current);
    gate.open();
    assert.equal((await failed).state, 'failed');
    assert.deepEqual(
      conversations.pending.queue.map(({ text, isHeld }) => [text, isHeld]),
      [['Two', true]],
    );
    // Another message that is answered well does not let it go.
    const fine = ended(conversations.current);
    say('Other').open();
    await fine;
    assert.deepEqual(queued(), ['Two']);
    bench.server.onChat(answer(['To Two']));
    const done = ended(conversations.current);
    conversations.pending.sendNow(conversations.pending.queue[0]?.id ?? '');
    await done;
    assert.deepEqual(texts().slice(-2), ['Two', 'To Two']);
    assert.deepEqual(queued(), []);
  });

  it('sends one now and stops the answer that runs, and holds the others', async () => {
    say('One');
    conversations.pending.send('Two');
    conversations.pending.send('Three');
    bench.server.onChat(answer(['To Three']));
    const three = conversations.pending.queue[1];
    conversations.pending.sendNow(three?.id ?? '');
    await eventually(() => assert.equal(lastAnswer(conversations.current).state, 'done'));
    assert.deepEqual(texts(), ['One', '', 'Three', 'To Three']);
    assert.deepEqual(queued(), ['Two']);
  });

  it('gives one back to be edited, with what it has attached, or drops it', () => {
    say('One');
    conversations.pending.attach(attachments.file);
    conversations.pending.send('Two');
    conversations.pending.attach(attachments.folder);
    conversations.pending.send('Three');
    const [two, three] = conversations.pending.queue;
    assert.equal(conversations.pending.edit(two?.id ?? ''), 'Two');
    assert.deepEqual(conversations.pending.attachments, [attachments.file]);
    conversations.pending.remove(three?.id ?? '');
    assert.deepEqual(queued(), []);
    assert.equal(conversations.pending.edit('no-such'), undefined);
  });

  it('sends in the conversation in which it waits, behind another that is shown', async () => {
    const gate = say('One');
    conversations.pending.send('Two');
    const behind = conversations.current;
    conversations.startNew();
    assert.deepEqual(queued(), []);
    bench.server.onChat(answer(['To Two']));
    gate.open();
    await eventually(() => assert.equal(behind.conversation.path().at(-1)?.text, 'To Two'));
    assert.deepEqual(texts(), []);
  });

  it('is there again after the window, with everything held', async () => {
    const { pending } = conversations;
    say('One');
    pending.attach(attachments.file);
    pending.send('Two');
    pending.attach(attachments.folder);
    conversations.dispose();
    await bench.store.close();
    const store = bench.workspace.window();
    const { pending: kept } = await store.restore();
    assert.deepEqual(kept.attachments, [attachments.folder]);
    assert.deepEqual(
      kept.queue.map(({ text, attachments: with_ }) => [text, with_]),
      [['Two', [attachments.file]]],
    );
    pending.restore(kept);
    assert.equal(pending.queue.at(0)?.isHeld, true);
  });

  it('is forgotten with its conversation, and gone from its file', async () => {
    say('One');
    conversations.pending.send('Two');
    await conversations.delete(conversations.current.conversation.id);
    await bench.store.flush();
    const folder = path.join(bench.workspace.directory, 'unsent');
    const [only = '', ...more] = await readdir(folder);
    assert.deepEqual(more, []);
    assert.doesNotMatch(await readFile(path.join(folder, only), 'utf8'), /Two/u);
  });
});
