import assert from 'node:assert/strict';
import type { Conversations } from '../../../src/conversation/conversations';
import { maxAttachments } from '../../../src/shared/turn';
import { Gate } from '../../support/ollamaServer/exchange';
import { attachments } from '../../support/attachments';
import {
  Domain,
  ended,
  getTexts,
  lastAnswer,
  reply,
  type ReplyOptions,
  settled,
} from './domainFixture';

describe('pending messages', () => {
  let domain: Domain;
  let conversations: Conversations;

  beforeEach(() => {
    domain = new Domain();
    conversations = domain.conversations();
  });

  const texts = (): readonly string[] => getTexts(conversations.current);
  const queued = (): string[] => conversations.pending.queue.map(({ text }) => text);

  /** Sends this; the gate lets the answer through. */
  function say(text: string, more: ReplyOptions = {}): Gate {
    const gate = new Gate();
    domain.model.answerWith(reply([`To ${text}`], { ...more, gate }));
    assert.equal(conversations.pending.send(text), 'sent');
    return gate;
  }

  it('sends the attachments with the message, once', async () => {
    const { pending } = conversations;
    pending.attach(attachments.file);
    pending.attach(attachments.selection);
    pending.detach(attachments.file.id);
    say('Why?').open();
    assert.deepEqual(pending.attachments, []);
    const [turn] = conversations.current.conversation.path();
    assert.deepEqual(turn?.role === 'user' && turn.attachments, [attachments.selection]);
    await ended(conversations.current);
    const content = domain.model.lastMessages[0]?.content ?? '';
    assert.ok(content.includes('src/client.ts:80-81:') && content.endsWith('Why?'));
  });

  it('keeps one attachment per place, the newest, and never too many', () => {
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

  it('keeps the attachments when the message is empty', () => {
    const { pending } = conversations;
    pending.attach(attachments.file);
    assert.equal(pending.send('  '), 'empty');
    assert.equal(pending.attachments.length, 1);
  });

  it('queues messages while an answer is running, and sends one after the other', async () => {
    const gate = say('One');
    conversations.pending.attach(attachments.file);
    assert.equal(conversations.pending.send('Two'), 'queued');
    assert.equal(conversations.pending.send('Three'), 'queued');
    assert.deepEqual(queued(), ['Two', 'Three']);
    assert.deepEqual(conversations.pending.attachments, []);
    gate.open();
    await settled();
    assert.equal(conversations.current.running, false);
    const said = texts().filter((_text, index) => index % 2 === 0);
    assert.deepEqual(said, ['One', 'Two', 'Three']);
    assert.deepEqual(queued(), []);
    const two = conversations.current.conversation.path()[2];
    assert.deepEqual(two?.role === 'user' && two.attachments, [attachments.file]);
  });

  it('puts them on hold when the answer fails or is stopped, until the user sends them', async () => {
    const gate = say('One', {
      end: { kind: 'failed', failure: { kind: 'server', message: 'out of luck' } },
    });
    conversations.pending.send('Two');
    const failed = ended(conversations.current);
    gate.open();
    assert.equal((await failed).state, 'failed');
    assert.deepEqual(
      conversations.pending.queue.map(({ text, isHeld }) => [text, isHeld]),
      [['Two', true]],
    );
    // Another message that is answered does not release it.
    const fine = ended(conversations.current);
    say('Other').open();
    await fine;
    assert.deepEqual(queued(), ['Two']);
    domain.model.answerWith(reply(['To Two']));
    const done = ended(conversations.current);
    conversations.pending.sendNow(conversations.pending.queue[0]?.id ?? '');
    await done;
    assert.deepEqual(texts().slice(-2), ['Two', 'To Two']);
    assert.deepEqual(queued(), []);
  });

  it('sends one now, stops the running answer, and puts the others on hold', async () => {
    say('One');
    conversations.pending.send('Two');
    conversations.pending.send('Three');
    domain.model.answerWith(reply(['To Three']));
    const three = conversations.pending.queue[1];
    conversations.pending.sendNow(three?.id ?? '');
    await settled();
    assert.equal(lastAnswer(conversations.current).state, 'done');
    assert.deepEqual(texts(), ['One', '', 'Three', 'To Three']);
    assert.deepEqual(queued(), ['Two']);
  });

  it('moves one back to the composer with its attachments, or removes it', () => {
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

  it('sends in the conversation in which it waits, while another one is shown', async () => {
    const gate = say('One');
    conversations.pending.send('Two');
    const behind = conversations.current;
    conversations.startNew();
    assert.deepEqual(queued(), []);
    domain.model.answerWith(reply(['To Two']));
    gate.open();
    await settled();
    assert.equal(getTexts(behind).at(-1), 'To Two');
    assert.deepEqual(texts(), []);
  });

  it('is stored, and restored on hold', () => {
    const { pending } = conversations;
    say('One');
    pending.attach(attachments.file);
    pending.send('Two');
    pending.attach(attachments.folder);
    const kept = domain.store.pending;
    assert.deepEqual(kept.attachments, [attachments.folder]);
    assert.deepEqual(
      kept.queue.map((message) => [message.text, message.attachments]),
      [['Two', [attachments.file]]],
    );
    const next = new Domain().conversations();
    next.pending.restore(kept);
    assert.deepEqual(next.pending.attachments, [attachments.folder]);
    assert.equal(next.pending.hasQueued(kept.queue[0]?.conversationId ?? ''), true);
  });

  it('loses no attachment when there are more than a message can have', () => {
    const { pending } = conversations;
    const many = Array.from({ length: maxAttachments }, (_, at) => ({
      ...attachments.file,
      id: `many-${at}`,
      path: `${at}.ts`,
    }));
    pending.attach(attachments.folder);
    pending.restore({ attachments: many, queue: [] });
    assert.deepEqual(pending.attachments, many);
    assert.deepEqual(
      pending.queue.map(({ text, isHeld, ...rest }) => [text, isHeld, rest.attachments]),
      [['', true, [attachments.folder]]],
    );
    const id = pending.queue[0]?.id ?? '';
    assert.equal(pending.edit(id), '');
    assert.deepEqual(pending.attachments[0], attachments.folder);
    assert.equal(pending.attachments.length, maxAttachments);
    assert.equal(pending.queue[0]?.attachments.length, 1);
  });

  it('is removed with its conversation', async () => {
    const gate = say('One');
    gate.release(1);
    conversations.pending.send('Two');
    await conversations.delete(conversations.current.conversation.id);
    assert.deepEqual(domain.store.pending.queue, []);
  });
});
