import assert from 'node:assert/strict';
import { createTitle } from '../../../src/conversation/prompt';

describe('titleOf', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['Why is the sky blue?', 'Why is the sky blue?'],
    ['\n  What  does\tthis do?\nIt looks odd.', 'What does this do?'],
    ['   ', ''],
    [
      'Explain how the scheduler decides which of the waiting requests is answered next',
      'Explain how the scheduler decides which of the waiting…',
    ],
    ['x'.repeat(80), `${'x'.repeat(60)}…`],
  ];
  for (const [message, title] of cases) {
    it(`makes "${title}"`, () => {
      assert.equal(createTitle(message), title);
    });
  }
});
