import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  calibrate,
  ContextBudget,
  type KnownModel,
  promptWeight,
  textWeight,
} from '../../../src/conversation/contextBudget';
import type { PromptMessage } from '../../../src/conversation/ports';

describe('the estimate of tokens', () => {
  const texts = {
    prose: 'The quick brown fox jumps over the lazy dog, and then it sleeps for a while.',
    code: 'for (const [key, value] of Object.entries(map)) { if (value > 3) out.push(`${key}`); }',
    japanese: '吾輩は猫である。名前はまだ無い。',
  };

  it('is in the right range for prose, code and scripts without spaces', () => {
    // Common tokenizers count 17, 29 and 16 to 20.
    assert.ok(textWeight(texts.prose) > 13 && textWeight(texts.prose) < 25);
    assert.ok(textWeight(texts.code) > 20 && textWeight(texts.code) < 36);
    assert.ok(textWeight(texts.japanese) > 10 && textWeight(texts.japanese) < 22);
  });

  it('approaches the true count after a few answers, whatever the tokenizer', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2.5, noNaN: true }), (truth) => {
        let factor: number | undefined;
        for (let answer = 0; answer < 8; answer += 1) factor = calibrate(factor, 800, 800 * truth);
        assert.ok(Math.abs((factor ?? 0) / truth - 1) < 0.02);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('the context length of a model', () => {
  const long: readonly PromptMessage[] = [{ role: 'user', content: 'word '.repeat(2000) }];
  const asked = { model: 'm', profile: {} };

  function createBudget(): {
    readonly budget: ContextBudget;
    readonly known: Map<string, KnownModel>;
    readonly server: { allocated: number | undefined };
  } {
    const known = new Map<string, KnownModel>();
    const server: { allocated: number | undefined } = { allocated: undefined };
    const budget = new ContextBudget({
      logger: { error: () => undefined },
      known: (model) => known.get(model),
      remember: (model, more) => known.set(model, more),
      allocated: () => Promise.resolve(server.allocated),
    });
    return { budget, known, server };
  }

  it('is what the server has allocated, else what is configured, else 4096', async () => {
    const { budget, server } = createBudget();
    assert.deepEqual(budget.getLimit(asked), { tokens: 4096, source: 'assumed' });
    const configured = { model: 'm', profile: { contextLength: 16_384 } };
    assert.deepEqual(budget.getLimit(configured), { tokens: 16_384, source: 'configured' });
    server.allocated = 8192;
    await budget.refresh(asked);
    assert.deepEqual(budget.getLimit(asked), { tokens: 8192, source: 'allocated' });
  });

  it('ignores an allocation from before the setting was changed, in both directions', async () => {
    const { budget, server } = createBudget();
    server.allocated = 4096;
    for (const contextLength of [2048, 7168]) {
      const configured = { model: 'm', profile: { contextLength } };
      await budget.refresh(configured);
      assert.deepEqual(budget.getLimit(configured), {
        tokens: contextLength,
        source: 'configured',
      });
    }
  });

  it('learns from an answer that the server allocated less than was asked for', async () => {
    const { budget, server } = createBudget();
    server.allocated = 8192;
    const configured = { model: 'm', profile: { contextLength: 16_384 } };
    await budget.learnFromAnswer(configured, long, {});
    assert.deepEqual(budget.getLimit(configured), { tokens: 8192, source: 'allocated' });
  });

  it('notices that the server truncated a prompt, and learns nothing from that count', async () => {
    const { budget, known, server } = createBudget();
    server.allocated = 1024;
    assert.equal(budget.wasTruncated(asked, long, 514), true);
    assert.equal(budget.wasTruncated(asked, long, 1900), false);
    await budget.learnFromAnswer(asked, long, { promptEvalCount: 514 });
    assert.equal(known.get('m')?.factor, undefined);
    assert.equal(budget.wasTruncated(asked, long, 514), true);
    // Far too few to fill half of the context: counted differently, not truncated.
    assert.equal(budget.wasTruncated(asked, long, 100), false);
  });

  it('learns the exact counts of a refusal', () => {
    const { budget, known } = createBudget();
    const before = budget.estimateTokens('m', promptWeight(long));
    budget.learnFromRefusal(asked, long, { promptTokens: before * 2, contextLength: 2048 });
    assert.ok(budget.estimateTokens('m', promptWeight(long)) > before * 1.5);
    assert.equal(known.get('m')?.allocated?.['server'], 2048);
    assert.deepEqual(budget.getLimit(asked), { tokens: 2048, source: 'allocated' });
  });
});
