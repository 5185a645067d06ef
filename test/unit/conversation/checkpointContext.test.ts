import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createCheckpointContext, jsonBytes } from '../../../src/conversation/checkpointContext';
import type { Turn } from '../../../src/shared/turn';

const any = fc.string({ unit: 'binary', maxLength: 3_000 });
const turns = fc.array(fc.tuple(any, fc.boolean()), { maxLength: 60, size: 'max' }).map((texts) =>
  texts.map(([text, ended], n): Turn => {
    const [id, parent] = [`t${n}`, n === 0 ? null : `t${n - 1}`];
    if (n % 2 === 0) return { role: 'user', id, parent, createdAt: n, text };
    const answer = { id, parent, createdAt: n, model: 'm', text, thinking: 'a long thought' };
    return ended
      ? { role: 'assistant', ...answer, state: 'stopped', end: { kind: 'stopped' } }
      : { role: 'assistant', ...answer, state: 'answering' };
  }),
);

describe("the checkpoint's context", function () {
  this.timeout(30_000);
  it('measures JSON as the bytes it is stored in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(jsonBytes(text), Buffer.byteLength(JSON.stringify(text)));
      }),
    );
    assert.equal(jsonBytes('\ud83d'), Buffer.byteLength('"\\ud83d"'));
  });

  it('holds the newest whole turns that fit, and counts the others', () => {
    fc.assert(
      fc.property(turns, fc.integer({ min: 200, max: 50_000 }), (all, budget) => {
        const context = createCheckpointContext('c', 'Title', all, budget);
        const { turns: kept, leftOut } = context;
        assert.ok(jsonBytes(context) <= budget);
        assert.equal(kept.length + leftOut, all.length);
        const newest = all.slice(leftOut);
        assert.deepEqual(
          kept.map(({ start, text }) => [start.id, start.role === 'user' ? start.text : text]),
          newest.map(({ id, text }) => [id, text]),
        );
        // One more would not have fitted (but for a comma and the digits of a count).
        const one = createCheckpointContext('c', 'Title', all.slice(leftOut - 1), 10_000_000);
        if (leftOut > 0) assert.ok(jsonBytes({ ...one, leftOut }) > budget - 4);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps nothing when even the newest turn does not fit', () => {
    const text = 'x'.repeat(60_000);
    const turn: Turn = { role: 'user', id: 'u', parent: null, createdAt: 0, text };
    const context = createCheckpointContext('c', '', [turn]);
    assert.deepEqual([context.turns, context.leftOut], [[], 1]);
  });
});
