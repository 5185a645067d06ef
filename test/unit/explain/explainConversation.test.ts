import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Conversation } from '../../../src/conversation/conversation';
import { toConversation } from '../../../src/explain/explainConversation';

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
