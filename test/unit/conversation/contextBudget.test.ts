import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ModelContext } from '../../../src/conversation/contextLength';
import { estimate, type Factors, learn, promptWeight } from '../../../src/conversation/calibration';
import { ContextBudget, type KnownModel } from '../../../src/conversation/contextBudget';
import type { PromptMessage } from '../../../src/conversation/ports';
import { noWeight, weighText } from '../../../src/conversation/tokenEstimate';

const count = (text: string): number => estimate({}, weighText(text)).tokens;

describe('the estimate of tokens', () => {
  const prose = 'The quick brown fox jumps over the lazy dog, and then it sleeps for a while. ';
  const chinese = '模型在本机上运行，回答会逐字显示，对话保存在工作区里。';

  it('is in the right range for prose, code and scripts without spaces', () => {
    const code =
      'for (const [key, value] of Object.entries(map)) { if (value > 3) out.push(`${key}`); }';
    // Common tokenizers count 17, 29 and 16 to 20.
    assert.ok(count(prose) > 13 && count(prose) < 25);
    assert.ok(count(code) > 20 && count(code) < 36);
    assert.ok(count('吾輩は猫である。名前はまだ無い。') > 10);
    assert.ok(count('吾輩は猫である。名前はまだ無い。') < 24);
  });

  it('counts a run of blanks as about one token, and digits and hex for more than letters', () => {
    assert.ok(count(`a${' '.repeat(80)}b`) <= 4);
    assert.ok(count('3f9a0c71be55d2e8') > 2 * count('internationalize'));
    assert.ok(count('| a        |       12 |\n'.repeat(50)) < 50 * 9);
  });

  it('approaches the true count after a few answers, whatever the tokenizer', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2.5, noNaN: true }), (truth) => {
        let factors: Factors = {};
        const weight = { ...noWeight, prose: 800 };
        for (let answer = 0; answer < 8; answer += 1) factors = learn(factors, weight, 800 * truth);
        assert.ok(Math.abs((factors.prose?.value ?? 0) / truth - 1) < 0.05);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('learns from a text of one script nothing about another', () => {
    const refused = promptWeight([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: chinese.repeat(80) },
    ]);
    const factors = learn({}, refused, 1.8 * estimate({}, refused).tokens);
    const after = estimate(factors, refused).tokens / estimate({}, refused).tokens;
    assert.ok(after > 1.6, String(after));
    const english = weighText(prose.repeat(100));
    assert.ok(
      Math.abs(estimate(factors, english).tokens / estimate({}, english).tokens - 1) < 0.01,
    );
  });

  it('takes time and memory in proportion to the text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const weight = weighText(text);
        for (const part of Object.values(weight)) assert.ok(part >= 0 && Number.isFinite(part));
        assert.ok(estimate({}, weight).tokens <= 3 * text.length + 3);
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});

describe('the context length of a model', () => {
  const long: readonly PromptMessage[] = [{ role: 'user', content: 'word '.repeat(2000) }];
  const asked = { model: 'm', profile: {} };

  function createBudget(): {
    readonly budget: ContextBudget;
    readonly known: Map<string, KnownModel>;
    readonly server: { context: ModelContext };
  } {
    const known = new Map<string, KnownModel>();
    const server: { context: ModelContext } = { context: {} };
    const budget = new ContextBudget({
      logger: { error: () => undefined },
      known: (model) => known.get(model),
      remember: (model, more) => known.set(model, more),
      contextOf: () => Promise.resolve(server.context),
      memoryBytes: () => undefined,
    });
    return { budget, known, server };
  }

  it('is what the server has allocated, else what is configured, else 4096', async () => {
    const { budget, server } = createBudget();
    assert.deepEqual(budget.getLimit(asked), { tokens: 4096, source: 'assumed' });
    const configured = { model: 'm', profile: { contextLength: 16_384 } };
    assert.deepEqual(budget.getLimit(configured), { tokens: 16_384, source: 'configured' });
    server.context = { allocated: 8192 };
    await budget.refresh(asked);
    assert.deepEqual(budget.getLimit(asked), { tokens: 8192, source: 'allocated' });
  });

  it('is unknown where the server decides and does not say: then nothing is cut until it refuses', async () => {
    const { budget, server } = createBudget();
    server.context = { isFixed: true };
    await budget.refresh(asked);
    const { tokens, source } = budget.getLimit(asked);
    assert.equal(source, 'unknown');
    assert.ok(tokens > 1_000_000);
    assert.deepEqual(budget.findGrowth(asked, 2_000_000), {});
    const configured = { model: 'm', profile: { contextLength: 16_384 } };
    assert.deepEqual(budget.getLimit(configured), { tokens: 16_384, source: 'configured' });
    budget.learnFromRefusal(asked, long, { promptTokens: 3000, contextLength: 2048 });
    assert.deepEqual(budget.getLimit(asked), { tokens: 2048, source: 'allocated' });
    // Another program answers at the address from now on.
    server.context = { isFixed: false, allocated: 4096, maximum: 32_768 };
    await budget.refresh(asked);
    assert.equal(budget.findGrowth(asked, 6000).offer?.to ?? 0, 8192);
  });

  it('ignores an allocation from before the setting was changed, in both directions', async () => {
    const { budget, server } = createBudget();
    server.context = { allocated: 4096 };
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
    server.context = { allocated: 8192 };
    const configured = { model: 'm', profile: { contextLength: 16_384 } };
    await budget.learnFromAnswer(configured, long, {});
    assert.deepEqual(budget.getLimit(configured), { tokens: 8192, source: 'allocated' });
  });

  it('notices that the server truncated a prompt, and learns nothing from that count', async () => {
    const { budget, known, server } = createBudget();
    server.context = { allocated: 1024 };
    assert.equal(budget.wasTruncated(asked, long, 514), true);
    assert.equal(budget.wasTruncated(asked, long, 1900), false);
    await budget.learnFromAnswer(asked, long, { promptEvalCount: 514 });
    assert.equal(known.get('m')?.factors, undefined);
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
