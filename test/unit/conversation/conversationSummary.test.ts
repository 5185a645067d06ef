import assert from 'node:assert/strict';
import type { Conversations } from '../../../src/conversation/conversations';
import type { ConversationSession } from '../../../src/conversation/session';
import { Gate } from '../../support/ollamaServer/exchange';
import {
  Domain,
  ended,
  getTexts,
  lastAnswer,
  overflow,
  refuse,
  reply,
  say,
  settled,
  written,
} from './domainFixture';

const title = 'Summary of “Are cents whole?”';

describe('a summary of a conversation', () => {
  let domain: Domain;
  let conversations: Conversations;
  let old: ConversationSession;

  beforeEach(async () => {
    domain = new Domain();
    conversations = domain.conversations();
    await conversations.restored();
    old = conversations.current;
    domain.model.answerWith(reply(['Yes.']));
    await say(old, 'Are cents whole?');
    await say(old, 'And euros?');
  });

  /** Begins the summary of everything up to now. */
  function begin(): ConversationSession {
    const { id: conversationId, leaf } = old.conversation;
    conversations.startNew();
    const { current } = conversations;
    assert.equal(current.summarize({ conversationId, turnId: leaf ?? '' }, title), 'sent');
    return current;
  }

  async function summarize(...pieces: readonly string[]): Promise<ConversationSession> {
    domain.model.answerWith(reply(pieces));
    const session = begin();
    await ended(session);
    return session;
  }

  function getStoredKinds({ conversation }: ConversationSession): readonly string[] {
    return (domain.store.events.get(conversation.id) ?? []).map(({ kind }) => kind);
  }

  /** The same workspace in a window that opens on it, as the old one has left it. */
  async function reopen({ conversation }: ConversationSession): Promise<ConversationSession> {
    conversations.dispose();
    await domain.store.flush();
    conversations = domain.conversations();
    assert.ok(await conversations.open(conversation.id));
    return conversations.current;
  }

  it('is asked of the whole conversation, which does not change', async () => {
    const before = getTexts(old);
    const stored = getStoredKinds(old);
    const session = await summarize('- Cents', ' are whole.');
    const contents = domain.model.lastMessages.map(({ content }) => content);
    assert.deepEqual(contents.slice(0, -1), ['Are cents whole?', 'Yes.', 'And euros?', 'Yes.']);
    assert.match(contents.at(-1) ?? '', /^Summarize this conversation [^]*Are cents whole\?”$/u);
    assert.deepEqual(getTexts(session), [title, '- Cents are whole.']);
    assert.deepEqual([getTexts(old), getStoredKinds(old)], [before, stored]);
    assert.notEqual(session.conversation.id, old.conversation.id);
  });

  it('is all that later messages send of it', async () => {
    const session = await summarize('- Cents are whole.');
    await say(session, 'What next?');
    assert.deepEqual(domain.model.lastMessages, [
      { role: 'user', content: title },
      { role: 'assistant', content: '- Cents are whole.' },
      { role: 'user', content: 'What next?' },
    ]);
  });

  it('is stored as it is written, and announced after that', async () => {
    const gate = new Gate();
    const announced: string[] = [];
    domain.model.answerWith(reply(['- Cents', ' are whole.'], { gate }));
    const session = begin();
    session.on((event) => {
      if (event.type === 'event') announced.push(event.event.kind);
    });
    gate.release();
    await written(session, '- Cents');
    await domain.store.flush();
    assert.deepEqual(getStoredKinds(session), ['turnStarted', 'turnStarted', 'textAppended']);
    assert.deepEqual(announced, ['textAppended']);
  });

  it('is found interrupted by the next window, and continues with what it is about', async () => {
    const gate = new Gate();
    domain.model.answerWith(reply(['- Cents', ' are whole.'], { gate }));
    const session = begin();
    gate.release();
    await written(session, '- Cents');
    const reopened = await reopen(session);
    const answer = lastAnswer(reopened);
    assert.deepEqual([answer.text, answer.state], ['- Cents', 'interrupted']);
    assert.ok(reopened.isSummary(answer));

    domain.model.answerWith(reply([' are whole.']));
    const end = ended(reopened);
    reopened.continueTurn(answer.id);
    assert.equal((await end).text, '- Cents are whole.');
    const contents = domain.model.lastMessages.map(({ content }) => content);
    assert.deepEqual(contents.slice(0, 4), ['Are cents whole?', 'Yes.', 'And euros?', 'Yes.']);
    assert.equal(contents.at(-1), '- Cents');
  });

  it('keeps its text when it is stopped, and is tried again as another version', async () => {
    const gate = new Gate();
    domain.model.answerWith(reply(['- Cents', ' are whole.'], { gate }));
    const session = begin();
    gate.release();
    await written(session, '- Cents');
    session.stop();
    gate.open();
    await settled();
    const stopped = lastAnswer(session);
    assert.deepEqual([stopped.text, stopped.state], ['- Cents', 'stopped']);

    domain.model.answerWith(reply(['- All is whole.']));
    const end = ended(session);
    session.regenerate(stopped.id);
    assert.equal((await end).text, '- All is whole.');
    assert.equal(domain.model.lastMessages[0]?.content, 'Are cents whole?');
    assert.equal(session.conversation.branch(lastAnswer(session).id)?.siblings.length, 2);
  });

  it('is edited as another version, which is sent in its place', async () => {
    const session = await summarize('- Cents are whole.');
    const { id, model } = lastAnswer(session);
    assert.equal(session.editAndResend(id, '- Cents are integers.'), 'sent');
    const edited = lastAnswer(session);
    assert.deepEqual(
      [edited.text, edited.state, edited.model],
      ['- Cents are integers.', 'done', model],
    );
    assert.equal(session.conversation.turn(id)?.text, '- Cents are whole.');
    const asked = domain.model.prompts.length;
    await say(session, 'What next?');
    assert.equal(domain.model.lastMessages[1]?.content, '- Cents are integers.');
    assert.equal(domain.model.prompts.length, asked + 1);
  });

  it('is edited only by some text, while nothing is running, and no other answer is', async () => {
    const session = await summarize('- Cents are whole.');
    const { id } = lastAnswer(session);
    assert.equal(session.editAndResend(id, '  '), 'empty');
    assert.equal(old.editAndResend(lastAnswer(old).id, 'No.'), 'empty');
    const gate = new Gate();
    domain.model.answerWith(reply(['Soon'], { gate }));
    session.send('What next?');
    assert.equal(session.editAndResend(id, '- No.'), 'busy');
    session.stop();
    gate.open();
    assert.equal(getTexts(old).at(-1), 'Yes.');
  });

  it('is asked again with the words that the user adds', async () => {
    const session = await summarize('- Cents are whole.');
    const [question] = session.conversation.path();
    const end = ended(session);
    session.editAndResend(question?.id ?? '', 'Only the open questions');
    await end;
    const contents = domain.model.lastMessages.map(({ content }) => content);
    assert.equal(contents[0], 'Are cents whole?');
    assert.match(contents.at(-1) ?? '', /^Summarize [^]*\n\nOnly the open questions$/u);
  });

  it('is about what was sent: neither excluded messages nor later ones', async () => {
    old.setContextStart(old.conversation.path()[2]?.id ?? null);
    const session = await summarize('- Euros too.');
    await say(old, 'Much later');
    const end = ended(session);
    session.regenerate(lastAnswer(session).id);
    await end;
    const contents = domain.model.lastMessages.map(({ content }) => content);
    assert.deepEqual(contents.slice(0, -1), ['And euros?', 'Yes.']);
  });

  it('raises or cuts as any prompt does, and leaves no cut to the messages after it', async () => {
    domain.model.answerWith(refuse(overflow(9000, 4096)), reply(['- Cents.']));
    const session = begin();
    const answer = await ended(session);
    assert.deepEqual([answer.text, answer.metrics?.turnsLeftOut], ['- Cents.', 4]);
    await say(session, 'What next?');
    assert.equal(domain.model.lastMessages.length, 3);
  });

  it('fails with its own sentence when the conversation is gone or cannot be read', async () => {
    const session = await summarize('- Cents are whole.');
    await conversations.delete(old.conversation.id);
    const end = ended(session);
    session.regenerate(lastAnswer(session).id);
    const failed = await end;
    assert.equal(failed.end?.kind === 'failed' && failed.end.failure.kind, 'sourceMissing');

    domain.store.beforeOpen = () => Promise.reject(new Error('EIO'));
    const again = ended(session);
    session.regenerate(failed.id);
    const unread = await again;
    assert.equal(unread.end?.kind === 'failed' && unread.end.failure.kind, 'sourceMissing');
  });
});
