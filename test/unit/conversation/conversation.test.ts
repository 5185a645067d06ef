import assert from 'node:assert/strict';
import { Conversation } from '../../../src/conversation/conversation';
import type { AssistantTurn, ConversationEvent } from '../../../src/shared/turn';

const question = (id: string, parent: string | null, text: string): ConversationEvent => ({
  kind: 'turnStarted',
  turn: { role: 'user', id, parent, createdAt: 1, text },
});
const answer = (id: string, parent: string): ConversationEvent => ({
  kind: 'turnStarted',
  turn: { role: 'assistant', id, parent, createdAt: 2, model: 'm' },
});
const text = (turnId: string, at: number, words: string): ConversationEvent => ({
  kind: 'textAppended',
  turnId,
  channel: 'answer',
  at,
  text: words,
});
const done = (turnId: string): ConversationEvent => ({
  kind: 'turnEnded',
  turnId,
  end: { kind: 'done', reason: 'stop' },
  metrics: { evalCount: 2 },
});

function answerOf(conversation: Conversation, id: string): AssistantTurn {
  const turn = conversation.turn(id);
  assert.equal(turn?.role, 'assistant');
  return turn;
}

describe('conversation', () => {
  it('folds a question and its streamed answer', () => {
    const conversation = new Conversation('c', [
      question('q', null, 'Why?'),
      answer('a', 'q'),
      text('a', 0, 'Be'),
      text('a', 2, 'cause.'),
      done('a'),
    ]);
    assert.deepEqual(
      conversation.path().map(({ id }) => id),
      ['q', 'a'],
    );
    const { text: words, state, metrics } = answerOf(conversation, 'a');
    assert.deepEqual(
      { words, state, metrics },
      { words: 'Because.', state: 'done', metrics: { evalCount: 2 } },
    );
    assert.equal(conversation.title, 'Why?');
  });

  it('shows the newest of two answers to one question, and keeps both', () => {
    const conversation = new Conversation('c', [
      question('q', null, 'Why?'),
      answer('a', 'q'),
      done('a'),
      answer('b', 'q'),
    ]);
    assert.deepEqual(
      conversation.path().map(({ id }) => id),
      ['q', 'b'],
    );
    assert.equal(answerOf(conversation, 'a').state, 'done');
  });

  it('takes a piece of text that was stored twice once', () => {
    const conversation = new Conversation('c', [
      question('q', null, 'Why?'),
      answer('a', 'q'),
      text('a', 0, 'Hello'),
      text('a', 0, 'Hello'),
      text('a', 3, 'lo you'),
    ]);
    assert.equal(answerOf(conversation, 'a').text, 'Hello you');
  });

  it('leaves events about unknown turns without effect', () => {
    const conversation = new Conversation('c', [text('x', 0, 'lost'), done('x')]);
    assert.equal(conversation.leaf, null);
    assert.deepEqual(conversation.path(), []);
  });

  it('marks what was running as interrupted, with its text, once', () => {
    const conversation = new Conversation('c', [
      question('q', null, 'Why?'),
      answer('a', 'q'),
      text('a', 0, 'Bec'),
    ]);
    const events = conversation.interruptUnfinished();
    assert.equal(events.length, 1);
    const { text: words, state } = answerOf(conversation, 'a');
    assert.deepEqual({ words, state }, { words: 'Bec', state: 'interrupted' });
    assert.deepEqual(conversation.interruptUnfinished(), []);
  });

  it('reports the state of a running answer, but not after its end', () => {
    const conversation = new Conversation('c', [question('q', null, 'Why?'), answer('a', 'q')]);
    conversation.setState('a', 'loading');
    assert.equal(answerOf(conversation, 'a').state, 'loading');
    conversation.apply(done('a'));
    conversation.setState('a', 'answering');
    assert.equal(answerOf(conversation, 'a').state, 'done');
  });

  it('forgets everything when it is deleted, and takes a new name', () => {
    const conversation = new Conversation('c', [
      question('q', null, 'Why?'),
      { kind: 'renamed', title: 'Reasons' },
    ]);
    assert.equal(conversation.title, 'Reasons');
    conversation.apply({ kind: 'deleted' });
    assert.deepEqual(conversation.path(), []);
  });
});
