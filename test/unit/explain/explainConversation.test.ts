import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Conversation } from '../../../src/conversation/conversation';
import { dropExpired, toConversation } from '../../../src/explain/explainConversation';

const subject = { code: 'x', language: 'js', path: 'a.js', firstLine: 1, lastLine: 1 };

describe('explainConversation', () => {
  it('carries every question, answer, end and figure over', () => {
    const events = toConversation(
      {
        subject,
        turns: [
          {
            model: 'm',
            answer: 'It is x.',
            end: { kind: 'done', reason: 'stop' },
            metrics: { evalCount: 3 },
          },
          { question: 'Why?', model: 'n', answer: 'Bec', end: { kind: 'stopped' } },
          { question: 'And?', model: 'n', answer: '' },
        ],
        room: 1000,
        title: 'Explanation of a.js:1',
      },
      randomUUID,
      7,
    );
    const conversation = new Conversation('c', events);
    assert.equal(conversation.title, 'Explanation of a.js:1');
    const shown = conversation.path().map((turn) => {
      const end = turn.role === 'assistant' ? [turn.model, turn.state, turn.metrics] : [];
      return [turn.text, ...end];
    });
    assert.deepEqual(shown, [
      ['Explain this code from a.js, line 1:\n\n```js\nx\n```'],
      ['It is x.', 'm', 'done', { evalCount: 3 }],
      ['Why?'],
      ['Bec', 'n', 'stopped', {}],
      ['And?'],
      ['', 'n', 'interrupted', {}],
    ]);
  });
});

describe('dropExpired', () => {
  const day = 24 * 60 * 60 * 1000;
  const storedAt = (createdAt: number): Parameters<typeof dropExpired>[0][number] => ({
    v: 1,
    id: `e${createdAt}`,
    createdAt,
    uri: 'file:///a.ts',
    range: { first: 0, last: 0 },
    subject: { code: 'a', language: 'ts', path: 'a.ts', firstLine: 1, lastLine: 1 },
    turns: [{ model: 'm', answer: 'A.' }],
    sent: [],
  });

  it('keeps explanations of the last 90 days', () => {
    const now = 1_000 * day;
    const [old, kept, newest] = [storedAt(now - 91 * day), storedAt(now - 90 * day), storedAt(now)];
    assert.deepEqual(dropExpired([old, newest, kept], now), [newest, kept]);
  });

  it('keeps at most 200, the newest', () => {
    const stored = Array.from({ length: 250 }, (_each, index) => storedAt(index));
    assert.deepEqual(dropExpired(stored, 250), stored.slice(50));
  });
});
