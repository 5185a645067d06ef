import assert from 'node:assert/strict';
import { promptMessages } from '../../../src/conversation/prompt';
import type { AssistantTurn, Turn, TurnEnd } from '../../../src/shared/turn';

const user = (text: string): Turn => ({ role: 'user', id: text, parent: null, createdAt: 0, text });
const assistant = (
  text: string,
  end: TurnEnd = { kind: 'done', reason: 'stop' },
): AssistantTurn => ({
  role: 'assistant',
  id: text,
  parent: null,
  createdAt: 0,
  model: 'm',
  text,
  thinking: 'hidden thoughts',
  state: end.kind,
  end,
});

describe('promptMessages', () => {
  it('puts the system prompt first and leaves thinking out', () => {
    assert.deepEqual(promptMessages(' Be brief. ', [user('Hi'), assistant('Hello'), user('Bye')]), [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Bye' },
    ]);
  });

  it('sends no empty system prompt', () => {
    assert.deepEqual(promptMessages('  ', [user('Hi')]), [{ role: 'user', content: 'Hi' }]);
  });

  it('never lets a cut-off answer pass for a whole one', () => {
    const failure = { kind: 'truncated', message: '' } as const;
    const ends: readonly TurnEnd[] = [
      { kind: 'stopped' },
      { kind: 'interrupted' },
      { kind: 'truncated', failure },
      { kind: 'failed', failure },
    ];
    for (const end of ends) {
      const [, second, third] = promptMessages('', [
        user('Hi'),
        assistant('Hel', end),
        user('Go on'),
      ]);
      // Not in the answer: a small model would take the note for its own way to speak.
      assert.equal(second?.content, 'Hel', end.kind);
      assert.equal(third?.content, '(Your previous answer was cut off.)\n\nGo on', end.kind);
    }
  });

  it('joins questions that have no answer between them, for templates that alternate', () => {
    const messages = promptMessages('', [
      user('One'),
      assistant('', { kind: 'stopped' }),
      user('Two'),
    ]);
    assert.deepEqual(messages, [{ role: 'user', content: 'One\n\nTwo' }]);
  });

  it('begins with the same bytes at every turn of a conversation', () => {
    const turns = [user('a'), assistant('b'), user('c'), assistant('d'), user('e')];
    const whole = JSON.stringify(promptMessages('S', turns)).slice(0, -1);
    for (const length of [1, 3]) {
      const shorter = JSON.stringify(promptMessages('S', turns.slice(0, length))).slice(0, -1);
      assert.ok(whole.startsWith(shorter));
    }
  });
});
