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
import {
  getAnswerBudget,
  PromptPlanner,
  turnsToDrop,
} from '../../../src/conversation/promptPlanner';
import type { Attachment } from '../../../src/shared/attachment';
import type { Turn, UserTurn } from '../../../src/shared/turn';

const done = { state: 'done', end: { kind: 'done', reason: 'stop' } } as const;

function said(id: string, text: string, attachments?: readonly Attachment[]): UserTurn {
  const turn = { role: 'user', id, parent: null, createdAt: 0, text } as const;
  return attachments ? { ...turn, attachments: [...attachments] } : turn;
}

function answered(id: string, text: string): Turn {
  const turn = {
    role: 'assistant',
    id,
    parent: null,
    createdAt: 0,
    model: 'm',
    thinking: '',
  } as const;
  return { ...turn, ...done, text };
}

function attachment(id: string, length: number): Attachment {
  const text = `<${id}>${'y'.repeat(length)}</${id}>`;
  return { id, kind: 'file', label: id, language: '', path: `${id}.txt`, text };
}

/** Questions and answers in turn, ending with a question. */
function exchanges(lengths: readonly number[]): Turn[] {
  return lengths.map((length, index) => {
    const text = 'x'.repeat(length);
    return index % 2 === 0 ? said(String(index), text) : answered(String(index), text);
  });
}

function budgetWith(known: KnownModel = {}): ContextBudget {
  const models = new Map([['m', known]]);
  return new ContextBudget({
    known: (model) => models.get(model),
    remember: (model, more) => models.set(model, more),
    allocated: () => Promise.resolve(undefined),
  });
}

function plannedFor(
  contextLength: number,
  systemPrompt = '',
): Parameters<PromptPlanner['plan']>[0] {
  return { model: 'm', profile: { contextLength }, systemPrompt };
}

describe('turnsToDrop', () => {
  it('drops nothing while all fits', () => {
    const turns = exchanges([100, 100, 100]);
    assert.equal(turnsToDrop(turns, { fixed: 100, turns: [100, 100, 100] }, 400), 0);
  });

  it('drops whole exchanges, oldest first, down to 60 % of the budget', () => {
    const costs = [200, 200, 100, 100, 100, 200, 100];
    assert.equal(turnsToDrop(exchanges(costs), { fixed: 0, turns: costs }, 900), 4);
  });

  it('keeps the last message, whatever it is long', () => {
    assert.equal(turnsToDrop(exchanges([1, 1, 1]), { fixed: 0, turns: [100, 100, 5000] }, 1000), 2);
    assert.equal(turnsToDrop(exchanges([1]), { fixed: 0, turns: [5000] }, 1000), 0);
  });

  it('always leaves a prompt that begins with a question, and is within 60 % or alone', () => {
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 21 }),
        fc.integer({ min: 256, max: 4000 }),
        fc.integer({ min: 0, max: 150 }),
        (sizes, budget, fixed) => {
          runs += 1;
          const turns = sizes.length % 2 === 0 ? sizes.slice(1) : sizes;
          const dropped = turnsToDrop(exchanges(turns), { fixed, turns }, budget);
          const kept = turns.slice(dropped);
          const total = fixed + kept.reduce((sum, cost) => sum + cost, 0);
          assert.equal(dropped % 2, 0);
          const limit = dropped === 0 ? budget : 0.6 * budget;
          assert.ok(kept.length === 1 || total <= limit);
        },
      ),
      { seed: 7, numRuns: 400 },
    );
    assert.equal(runs, 400);
  });
});

describe('the plan of a prompt', () => {
  it('is never over budget by its own estimate, and never holds half an attachment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 3000 })), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.integer({ min: 512, max: 8192 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (sizes, contextLength, factor) => {
          const budget = budgetWith({ factor });
          const planner = new PromptPlanner(budget);
          const planned = plannedFor(contextLength, 'Be brief.');
          const turns = sizes.flatMap(([words, attached], at): Turn[] => [
            said(
              `q${at}`,
              'x'.repeat(words),
              attached > 0 ? [attachment(`f${at}`, attached)] : undefined,
            ),
            answered(`a${at}`, 'z'.repeat(words)),
          ]);
          const asked = turns.slice(0, -1);
          const messages = planner.plan(planned, asked).messages();
          const tokens = budget.estimateTokens('m', promptWeight(messages));
          const room = getAnswerBudget(contextLength);
          const isAlone = messages.filter(({ role }) => role !== 'system').length === 1;
          // Each turn is rounded up by itself, so the sum of them is never below the whole.
          assert.ok(isAlone || tokens <= contextLength - room, `${tokens} of ${contextLength}`);
          const text = messages.map(({ content }) => content).join('\n');
          for (const { length } of [sizes]) {
            for (let at = 0; at < length; at += 1) {
              const whole = [`<f${at}>`, `</f${at}>`].map((mark) => text.includes(mark));
              assert.equal(whole[0], whole[1]);
            }
          }
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });

  it('changes its front at most once in five turns past the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 420 }), { minLength: 40, maxLength: 60 }),
        fc.integer({ min: 2048, max: 4096 }),
        (lengths, contextLength) => {
          const planner = new PromptPlanner(budgetWith());
          const planned = plannedFor(contextLength, 'Be brief.');
          const fronts: string[] = [];
          let leftOut = 0;
          const turns: Turn[] = [];
          for (const [at, length] of lengths.entries()) {
            turns.push(said(`q${at}`, `${at} ${'x'.repeat(length)}`));
            const plan = planner.plan(planned, turns);
            if (plan.turnsLeftOut !== undefined) leftOut = plan.turnsLeftOut;
            if (leftOut > 0) fronts.push(plan.messages()[1]?.content ?? '');
            turns.push(answered(`a${at}`, 'z'.repeat(length)));
          }
          for (let at = 5; at < fronts.length; at += 1) {
            const five = fronts.slice(at - 5, at);
            assert.ok(new Set(five).size <= 2, `${new Set(five).size} fronts in five turns`);
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('says before sending what would be sent and what not, and decides nothing by it', () => {
    const planner = new PromptPlanner(budgetWith());
    const before = exchanges([400, 400, 400, 400]);
    const draft = said('', 'And now?', [attachment('f', 400)]);
    const roomy = planner.preview(plannedFor(4096, 'Be brief.'), before, draft);
    assert.equal(roomy.leftOut, 0);
    assert.equal(roomy.answerBudget, 1024);
    assert.ok(roomy.system > 0 && roomy.history > 300 && roomy.attachments > 80 && roomy.draft > 0);
    const unwritten = said('', '', [attachment('f', 400)]);
    assert.ok(planner.preview(plannedFor(4096), before, unwritten).attachments > 80);
    const tight = planner.preview(plannedFor(512), before, draft);
    assert.equal(tight.leftOut, 4);
    assert.equal(tight.isTooLong, false);
    assert.equal(
      planner.preview(plannedFor(256), before, said('', 'x'.repeat(2000))).isTooLong,
      true,
    );
    assert.deepEqual(planner.preview(plannedFor(4096, 'Be brief.'), before, draft), roomy);
  });
});

describe('the estimate of tokens', () => {
  const texts = {
    prose: 'The quick brown fox jumps over the lazy dog, and then it sleeps for a while.',
    code: 'for (const [key, value] of Object.entries(map)) { if (value > 3) out.push(`${key}`); }',
    japanese: '吾輩は猫である。名前はまだ無い。',
  };

  it('lies in the right range for prose, code and scripts without spaces', () => {
    // What common tokenizers make of them: 17, 29 and 16 to 20.
    assert.ok(textWeight(texts.prose) > 13 && textWeight(texts.prose) < 25);
    assert.ok(textWeight(texts.code) > 20 && textWeight(texts.code) < 36);
    assert.ok(textWeight(texts.japanese) > 10 && textWeight(texts.japanese) < 22);
  });

  it('comes near the true count after a few answers, whatever the model makes of text', () => {
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

describe('what is known of a context', () => {
  const long: readonly PromptMessage[] = [{ role: 'user', content: 'word '.repeat(2000) }];
  const asked = { model: 'm', profile: {} };

  function bench(allocated?: number): { budget: ContextBudget; known: Map<string, KnownModel> } {
    const known = new Map<string, KnownModel>();
    const budget = new ContextBudget({
      known: (model) => known.get(model),
      remember: (model, more) => known.set(model, more),
      allocated: () => Promise.resolve(allocated),
    });
    return { budget, known };
  }

  it('is what the server has allocated, else what is set, else 4096', async () => {
    const { budget } = bench(8192);
    assert.deepEqual(budget.getLimit(asked), { tokens: 4096, source: 'assumed' });
    const set = { model: 'm', profile: { contextLength: 16_384 } };
    assert.deepEqual(budget.getLimit(set), { tokens: 16_384, source: 'configured' });
    await budget.refresh(asked);
    assert.deepEqual(budget.getLimit(asked), { tokens: 8192, source: 'allocated' });
    // Fewer than asked for: the server had no room for more.
    await budget.refresh(set);
    assert.deepEqual(budget.getLimit(set), { tokens: 8192, source: 'allocated' });
    // More than asked for: that is from before the setting was changed.
    const less = { model: 'm', profile: { contextLength: 2048 } };
    await budget.refresh(less);
    assert.deepEqual(budget.getLimit(less), { tokens: 2048, source: 'configured' });
  });

  it('sees that the server cut a prompt, and learns nothing from that count', async () => {
    const { budget, known } = bench(1024);
    assert.equal(budget.wasTruncated(asked, long, 514), true);
    assert.equal(budget.wasTruncated(asked, long, 1900), false);
    await budget.learnFromAnswer(asked, long, { promptEvalCount: 514 });
    assert.equal(known.get('m')?.factor, undefined);
    assert.equal(budget.wasTruncated(asked, long, 514), true);
    // Far too few to fill half of the context: counted another way, not cut.
    assert.equal(budget.wasTruncated(asked, long, 100), false);
  });

  it('learns the exact counts of a refusal', () => {
    const { budget, known } = bench();
    const before = budget.estimateTokens('m', promptWeight(long));
    budget.learnFromRefusal(asked, long, { promptTokens: before * 2, contextLength: 2048 });
    assert.ok(budget.estimateTokens('m', promptWeight(long)) > before * 1.5);
    assert.equal(known.get('m')?.allocated?.['server'], 2048);
    assert.deepEqual(budget.getLimit(asked), { tokens: 2048, source: 'allocated' });
  });
});
