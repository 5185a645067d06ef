import assert from 'node:assert/strict';
import fc from 'fast-check';
import { promptWeight } from '../../../src/conversation/calibration';
import { ContextBudget, type KnownModel } from '../../../src/conversation/contextBudget';
import type { ContextCut } from '../../../src/conversation/contextCut';
import { getAnswerBudget } from '../../../src/conversation/contextLength';
import { PromptPlanner } from '../../../src/conversation/promptPlanner';
import type { PromptTarget } from '../../../src/conversation/turnWeights';
import type { AssistantTurn, Attachment, Turn, UserTurn } from '../../../src/shared/turn';
import { overflow } from './domainFixture';

function question(id: string, text: string, attachments: readonly Attachment[] = []): UserTurn {
  const turn = { role: 'user', id, parent: null, createdAt: 0, text } as const;
  return attachments.length === 0 ? turn : { ...turn, attachments: [...attachments] };
}

function answer(id: string, text: string): AssistantTurn {
  return {
    role: 'assistant',
    id,
    parent: null,
    createdAt: 0,
    model: 'm',
    thinking: '',
    state: 'done',
    end: { kind: 'done', reason: 'stop' },
    text,
  };
}

function attachment(id: string, length: number): Attachment {
  const text = `<${id}>${'y'.repeat(length)}</${id}>`;
  return { id, kind: 'file', label: id, language: '', path: `${id}.txt`, text };
}

/** Questions and answers in turn. */
function exchanges(lengths: readonly number[]): Turn[] {
  return lengths.map((length, index) => {
    const text = 'x'.repeat(length);
    return index % 2 === 0 ? question(String(index), text) : answer(String(index), text);
  });
}

function createBudget(known: KnownModel = {}): ContextBudget {
  const models = new Map([['m', known]]);
  return new ContextBudget({
    logger: { error: () => undefined },
    known: (model) => models.get(model),
    remember: (model, more) => models.set(model, more),
    contextOf: () => Promise.resolve({}),
    memoryBytes: () => undefined,
  });
}

const createTarget = (contextLength: number, systemPrompt = ''): PromptTarget => ({
  model: 'm',
  profile: { contextLength },
  systemPrompt,
});

type Step =
  | { readonly kind: 'ask'; readonly length: number; readonly attached: number }
  | { readonly kind: 'limit'; readonly tokens: number }
  | { readonly kind: 'preview' }
  | { readonly kind: 'refuse'; readonly factor: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      length: fc.integer({ min: 1, max: 600 }),
      attached: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 800 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('limit' as const),
      tokens: fc.constantFrom(256, 512, 1024, 2048, 8192),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'preview' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('refuse' as const),
      factor: fc.double({ min: 1.05, max: 2, noNaN: true }),
    }),
  },
);

function countCharacters(messages: readonly { readonly content: string }[]): number {
  return messages.reduce((total, { content }) => total + content.length, 0);
}

/** One conversation that is planned again and again, and what must hold of every plan. */
class Simulation {
  plans = 0;
  #known: KnownModel = {};
  readonly #budget = new ContextBudget({
    logger: { error: () => undefined },
    known: () => this.#known,
    remember: (_model, more) => (this.#known = more),
    contextOf: () => Promise.resolve({}),
    memoryBytes: () => undefined,
  });
  readonly #planner = new PromptPlanner(this.#budget);
  readonly #turns: Turn[] = [];
  #limit = 1024;
  #lastCut: ContextCut | undefined;
  #front: { readonly limit: number; readonly id: string } | undefined;

  run(step: Step, at: number): void {
    switch (step.kind) {
      case 'limit':
        this.#limit = step.tokens;
        // What was allocated for other settings says nothing about these.
        this.#known = { factors: this.#known.factors ?? {} };
        return;
      case 'preview':
        this.#look();
        return;
      case 'ask':
        this.#ask(at, step.length, step.attached);
        return;
      case 'refuse':
        this.#beRefused(at, step.factor);
        return;
    }
  }

  /** Previews and summaries, which must change nothing. */
  #look(): void {
    const target = createTarget(this.#limit);
    const long = question('', 'x'.repeat(2400));
    this.#planner.preview(target, this.#turns, long, this.#lastCut);
    this.#planner.plan(target, [...this.#turns, question('summary', 'Sum up.')], this.#lastCut);
  }

  #ask(at: number, length: number, attached: number): void {
    const attachments = attached > 0 ? [attachment(`f${at}`, attached)] : [];
    this.#turns.push(question(`q${at}`, `${at} ${'x'.repeat(length)}`, attachments));
    const target = createTarget(this.#limit);
    const plan = this.#planner.plan(target, this.#turns, this.#lastCut);
    const messages = plan.messages();
    // The same input gives the same prompt, even from a planner that has planned nothing else.
    const other = new PromptPlanner(this.#budget).plan(target, this.#turns, this.#lastCut);
    assert.deepEqual(other.messages(), messages);
    const tokens = this.#budget.estimateTokens('m', promptWeight(messages));
    const maxTokens = this.#limit - getAnswerBudget(this.#limit);
    assert.ok(messages.length === 1 || tokens <= maxTokens, `${tokens} of ${maxTokens}`);
    this.#checkAttachments(messages.map(({ content }) => content).join('\n'), at);
    this.#checkFront(plan.cut);
    this.#accept(plan.cut, at, length);
  }

  #beRefused(at: number, factor: number): void {
    this.#turns.push(question(`q${at}`, `${at} ${'x'.repeat(40)}`));
    const plan = this.#planner.plan(createTarget(this.#limit), this.#turns, this.#lastCut);
    const before = plan.messages();
    const counted = this.#budget.estimateTokens('m', promptWeight(before)) * factor;
    const recovery = plan.recover(overflow(Math.ceil(this.#limit + counted), this.#limit));
    if (recovery) {
      assert.ok(countCharacters(plan.messages()) < countCharacters(before));
      this.#front = undefined;
      this.#accept(plan.cut, at, 40);
    } else {
      assert.deepEqual(plan.messages(), before);
      this.#turns.pop();
    }
  }

  #checkAttachments(text: string, last: number): void {
    for (let at = 0; at <= last; at += 1) {
      assert.equal(text.includes(`<f${at}>`), text.includes(`</f${at}>`));
    }
  }

  /** While the limit stays, the front changes only because what followed it no longer fitted. */
  #checkFront(cut: ContextCut | undefined): void {
    const id = cut?.firstTurnId ?? this.#turns[0]?.id ?? '';
    const front = this.#front;
    if (front?.limit === this.#limit && front.id !== id) {
      const kept = this.#turns.slice(this.#turns.findIndex((turn) => turn.id === front.id));
      const alone = new PromptPlanner(this.#budget).plan(createTarget(this.#limit), kept);
      assert.notEqual(alone.cut, undefined, 'the front changed although everything fitted');
    }
    this.#front = { limit: this.#limit, id };
  }

  #accept(cut: ContextCut | undefined, at: number, length: number): void {
    this.plans += 1;
    this.#lastCut = cut;
    this.#turns.push(answer(`a${at}`, 'z'.repeat(length)));
  }
}

describe('the plan of a prompt', () => {
  it('is a function of turns, limit, calibration and last cut: it fits, keeps attachments whole and its front stable', () => {
    let plans = 0;
    fc.assert(
      fc.property(fc.array(steps, { minLength: 10, maxLength: 40, size: 'max' }), (all) => {
        const simulation = new Simulation();
        for (const [at, step] of all.entries()) simulation.run(step, at);
        plans += simulation.plans;
      }),
      { seed: 19, numRuns: 300 },
    );
    assert.ok(plans > 3_000, String(plans));
  });

  it('changes its front at most once in five messages past the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 420 }), { minLength: 40, maxLength: 60 }),
        fc.integer({ min: 2048, max: 4096 }),
        (lengths, contextLength) => {
          const planner = new PromptPlanner(createBudget());
          const fronts: string[] = [];
          let lastCut: ContextCut | undefined;
          const turns: Turn[] = [];
          for (const [at, length] of lengths.entries()) {
            turns.push(question(`q${at}`, `${at} ${'x'.repeat(length)}`));
            const plan = planner.plan(createTarget(contextLength, 'Be brief.'), turns, lastCut);
            lastCut = plan.cut;
            if (lastCut) fronts.push(plan.messages()[1]?.content ?? '');
            turns.push(answer(`a${at}`, 'z'.repeat(length)));
          }
          for (let at = 5; at < fronts.length; at += 1) {
            const five = new Set(fronts.slice(at - 5, at));
            assert.ok(five.size <= 2, `${five.size} fronts in five messages`);
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('previews what would be sent and what would be left out', () => {
    const planner = new PromptPlanner(createBudget());
    const before = exchanges([400, 400, 400, 400]);
    const draft = question('', 'And now?', [attachment('f', 400)]);
    const large = planner.preview(createTarget(4096, 'Be brief.'), before, draft);
    assert.equal(large.leftOut, 0);
    assert.equal(large.answerBudget, 1024);
    assert.ok(large.system > 0 && large.history > 300 && large.attachments > 80);
    assert.ok(large.draft > 0);
    const unwritten = question('', '', [attachment('f', 400)]);
    assert.ok(planner.preview(createTarget(4096), before, unwritten).attachments > 80);
    const small = planner.preview(createTarget(512), before, draft);
    assert.equal(small.leftOut, 2);
    assert.equal(small.history, large.history);
    assert.equal(small.isTooLong, false);
    const tooLong = question('', 'x'.repeat(2000));
    assert.equal(planner.preview(createTarget(256), before, tooLong).isTooLong, true);
    assert.deepEqual(planner.preview(createTarget(4096, 'Be brief.'), before, draft), large);
  });

  it('brings left-out turns back when the limit grows', () => {
    const planner = new PromptPlanner(createBudget());
    const turns = [...exchanges(Array.from({ length: 20 }, () => 1200)), question('q', 'Hi')];
    const short = planner.plan(createTarget(4096), turns);
    assert.ok((short.notes.turnsLeftOut ?? 0) > 0);
    const long = planner.plan(createTarget(32_768), turns, short.cut);
    assert.equal(long.messages().length, turns.length);
    assert.equal(long.cut, undefined);
  });
});

describe('the plan of a continuation', () => {
  const turns = (): Turn[] => [
    ...exchanges([1200, 1200, 1200, 1200]),
    question('q', 'Write a long story.'),
  ];
  const partial = answer('a', 'z'.repeat(4000));

  it('counts the answer that is continued and drops old turns so that it fits', () => {
    const budget = createBudget();
    const plan = new PromptPlanner(budget).planContinuation(createTarget(2048), turns(), partial);
    const messages = plan.messages();
    assert.equal(messages.at(-1)?.content, partial.text);
    assert.equal(messages.at(-2)?.content, 'Write a long story.');
    assert.ok((plan.notes.turnsLeftOut ?? 0) >= 2);
    assert.ok(budget.estimateTokens('m', promptWeight(messages)) <= 2048 - 512);
  });

  it('drops old turns after an exact refusal, the answer being a fixed cost', () => {
    const planner = new PromptPlanner(createBudget());
    const plan = planner.planContinuation(createTarget(4096), turns(), partial);
    assert.equal(plan.notes.turnsLeftOut, undefined);
    assert.equal(plan.recover(overflow(4200, 4096)), true);
    assert.ok(plan.messages().length < turns().length + 1);
    assert.equal(plan.messages().at(-1)?.content, partial.text);
  });

  it('accepts a refusal when nothing is left to drop', () => {
    const planner = new PromptPlanner(createBudget());
    const plan = planner.planContinuation(createTarget(1024), [question('q', 'Hi')], partial);
    assert.equal(plan.recover(overflow(1300, 1024)), false);
  });

  it('asks in words when the server refuses an answer as the last message, once', () => {
    const planner = new PromptPlanner(createBudget());
    const plan = planner.planContinuation(createTarget(8192), turns(), partial);
    const refusal = {
      kind: 'server',
      message: 'must end with a user message',
      status: 400,
    } as const;
    assert.equal(plan.recover(refusal), true);
    assert.equal(plan.messages().at(-1)?.role, 'user');
    assert.equal(plan.recover(refusal), false);
  });
});
