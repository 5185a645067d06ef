import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ContextCut,
  selectTurns,
  type Selection,
  shortenMiddle,
} from '../../../src/conversation/contextCut';
import type { Turn } from '../../../src/shared/turn';

/** As many turns as there are costs, beginning with a question. */
function exchanges(costs: readonly number[]): Turn[] {
  return costs.map((_, index): Turn => {
    const turn = { id: String(index), parent: null, createdAt: 0, text: 'Text.' } as const;
    return index % 2 === 0
      ? { role: 'user', ...turn }
      : { role: 'assistant', ...turn, model: 'm', thinking: '', state: 'done' };
  });
}

describe('what is sent of a conversation', () => {
  const select = (
    costs: readonly number[],
    limit: number,
    lastCut?: ContextCut,
    fixed = 0,
  ): Selection => {
    const bare = costs.map((cost) => Math.min(cost, 40));
    const turns = exchanges(costs);
    return selectTurns({ model: 'm', turns, costs: { fixed, turns: costs, bare }, limit, lastCut });
  };
  const whole = (...args: Parameters<typeof select>): number => {
    const { first, ...reductions } = select(...args);
    assert.deepEqual(reductions, {});
    return first;
  };

  it('sends everything that fits next to the reserve for the answer', () => {
    assert.equal(whole([100, 100, 100], 534, undefined, 100), 0);
    assert.notDeepEqual(select([100, 100, 100], 530, undefined, 100), { first: 0 });
  });

  it('drops whole exchanges, oldest first, down to 60 % of the budget', () => {
    assert.equal(whole([200, 200, 100, 100, 100, 200, 100], 1200), 4);
  });

  it('keeps the last exchange whole while it fits', () => {
    assert.equal(whole([300, 300, 200, 500, 100], 1200), 2);
  });

  it('shortens the last answer before it drops it, and drops attachments before that exchange', () => {
    const answer = select([300, 300, 200, 900, 100], 1200);
    assert.deepEqual(answer, { first: 2, shortened: { turnId: '3', share: 600 / 900 } });
    const attachments = select([300, 300, 800, 200, 100], 1200);
    assert.deepEqual(attachments, { first: 2, withoutAttachments: '2' });
    const both = select([300, 300, 800, 900, 100], 1200);
    assert.equal(both.withoutAttachments, '2');
    assert.equal(both.shortened?.share, 760 / 900);
  });

  it('always keeps the last message', () => {
    assert.equal(whole([100, 100, 5000], 1000), 2);
    assert.equal(whole([5000], 1000), 0);
  });

  it('keeps the last cut while model and limit stay the same, and sends all again otherwise', () => {
    const lastCut = { model: 'm', limit: 4096, firstTurnId: '2' };
    const costs = [10, 10, 10, 10, 10];
    assert.equal(whole(costs, 4096, lastCut), 2);
    assert.equal(whole(costs, 8192, lastCut), 0);
    assert.equal(whole(costs, 2048, lastCut), 0);
    assert.equal(whole(costs, 4096, { ...lastCut, model: 'other' }), 0);
    assert.equal(whole(costs, 4096, { ...lastCut, firstTurnId: 'on another branch' }), 0);
    const shortened = { turnId: '3', share: 0.5 };
    assert.deepEqual(select(costs, 4096, { ...lastCut, shortened }), { first: 2, shortened });
  });

  it('cuts again only when what follows the last cut no longer fits', () => {
    const lastCut = { model: 'm', limit: 1200, firstTurnId: '2' };
    assert.equal(whole([900, 900, 300, 300, 300], 1200, lastCut), 2);
    assert.equal(whole([900, 900, 300, 300, 200, 200, 100], 1200, lastCut), 4);
  });
});

describe('an answer without its middle', () => {
  it('keeps its beginning and its end, cut between lines, and says how much is missing', () => {
    const text = Array.from({ length: 200 }, (_, at) => `Line ${at} of the answer.`).join('\n');
    const short = shortenMiddle(text, 1000);
    assert.match(short, /^Line 0 of the answer\.\n/u);
    assert.match(short, /\nLine 199 of the answer\.$/u);
    const [, leftOut] =
      /\n\n\[(\d+) characters in the middle of this answer are left out\.\]\n\n/u.exec(short) ?? [];
    assert.ok(Math.abs(text.length - Number(leftOut) - 1000) < 300, leftOut);
    for (const line of short.split('\n'))
      assert.match(line, /^(?:Line \d+ of the answer\.|\[.*\]|)$/u);
  });

  it('closes a code block at the gap, never splits a character, and leaves a short text alone', () => {
    const code = `\`\`\`js\n${'let a = 1;\n'.repeat(300)}\`\`\`\nDone.`;
    assert.equal((shortenMiddle(code, 600).match(/^```/gmu) ?? []).length % 2, 0);
    assert.equal(shortenMiddle('Short.', 600), 'Short.');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(200), (text, length) => {
        assert.doesNotMatch(shortenMiddle(text, length), /\p{Surrogate}/u);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
