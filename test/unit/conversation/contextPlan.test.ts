import assert from 'node:assert/strict';
import fc from 'fast-check';
import { turnsToDrop } from '../../../src/conversation/contextPlan';
import { promptMessages } from '../../../src/conversation/prompt';
import type { Turn } from '../../../src/shared/turn';

function exchanges(lengths: readonly number[]): Turn[] {
  return lengths.map((length, index) => {
    const base = { id: String(index), parent: null, createdAt: 0, text: 'x'.repeat(length) };
    return index % 2 === 0
      ? { ...base, role: 'user' }
      : {
          ...base,
          role: 'assistant',
          model: 'm',
          thinking: '',
          state: 'done',
          end: { kind: 'done', reason: 'stop' },
        };
  });
}

/** One character is one token here. */
function drop(lengths: readonly number[], contextLength: number): number {
  const turns = exchanges(lengths);
  const messages = promptMessages('', turns);
  const promptTokens = messages.reduce((sum, { content }) => sum + content.length, 0);
  return turnsToDrop(turns, messages, { promptTokens, contextLength });
}

describe('turnsToDrop', () => {
  it('drops whole exchanges, oldest first, down to 60 % of the context', () => {
    // 1000 characters for a context of 900: 540 may stay, so 500 go and the last 500 stay.
    assert.equal(drop([200, 200, 100, 100, 100, 200, 100], 900), 4);
  });

  it('keeps the last message, whatever it is long', () => {
    assert.equal(drop([100, 100, 5000], 1000), 2);
    assert.equal(drop([5000], 1000), 0);
  });

  it('always leaves a prompt that begins with a question and that fits 60 % or is alone', () => {
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 21 }),
        fc.integer({ min: 256, max: 4000 }),
        (sizes, contextLength) => {
          runs++;
          const lengths = sizes.length % 2 === 0 ? sizes.slice(1) : sizes;
          const dropped = drop(lengths, contextLength);
          const kept = lengths.slice(dropped);
          const total = kept.reduce((sum, length) => sum + length, 0);
          assert.equal(dropped % 2, 0);
          assert.ok(kept.length === 1 || total <= 0.6 * contextLength + 1e-6);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
    assert.equal(runs, 500);
  });
});
