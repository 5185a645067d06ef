import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withAutomaticLength } from '../../../src/conversation/automaticLength';
import type { ModelEvent, RequestProfile } from '../../../src/conversation/ports';
import type { ConversationSession } from '../../../src/conversation/session';
import { FakeServer, shape, words } from './contextServer';
import { Domain, lastAnswer, refuse, say, settled } from './domainFixture';

describe('the automatic context length', () => {
  let domain: Domain;
  let session: ConversationSession;
  beforeEach(() => {
    domain = new Domain();
    domain.memoryBytes = 32e9;
    session = domain.session();
  });

  const lengths = (): readonly (number | undefined)[] =>
    domain.model.prompts.map(({ profile }) => profile.contextLength);

  it('asks for nothing while everything fits what the server gives', async () => {
    const server = new FakeServer(domain);
    for (const size of [10, 500, 900]) await say(session, words(size));
    assert.deepEqual(lengths(), [undefined, undefined, undefined]);
    assert.deepEqual(server.loads, [4096]);
  });

  it('takes the smallest step that holds everything, reloads once, says so, and stays there', async () => {
    const server = new FakeServer(domain);
    await say(session, words(500));
    const raised = await say(session, words(4000));
    await say(session, words(20));
    assert.deepEqual(lengths(), [undefined, 8192, 8192]);
    assert.deepEqual(server.loads, [4096, 8192]);
    assert.deepEqual(raised.metrics?.raised, {
      from: 4096,
      to: 8192,
      extraBytes: 4096 * shape.bytesPerToken,
    });
    assert.equal(lastAnswer(session).metrics?.raised, undefined);
    // The second question has the first one and its answer.
    assert.equal(domain.model.lastMessages.length, 5);
  });

  it('knows a Modelfile’s length and the trained maximum before the first answer', async () => {
    new FakeServer(domain, { serverDefault: 2048, context: { ...shape, configured: 2048 } });
    await session.refreshContextLimit();
    assert.deepEqual(session.preview({ text: 'Hi', attachments: [] }).limit, {
      tokens: 2048,
      source: 'model',
    });
    domain.context = { ...shape, maximum: 1024 };
    domain.settings = { ...domain.settings, model: 'tiny' };
    await session.refreshContextLimit();
    assert.equal(session.preview({ text: 'Hi', attachments: [] }).limit.tokens, 1024);
  });

  it('never changes the length of a server or cloud model that has its own', async () => {
    new FakeServer(domain, { context: { isFixed: true, maximum: 4096 } });
    await say(session, words(2000));
    const usage = session.preview({ text: words(3000), attachments: [] });
    assert.deepEqual([usage.raise, usage.offer, usage.limit.tokens], [undefined, undefined, 4096]);
    await say(session, words(2500));
    assert.deepEqual(lengths(), [undefined, undefined]);
  });

  it('sends a cloud model all that fits its own length, which no server reports as loaded (case 50)', async () => {
    new FakeServer(domain, {
      serverDefault: 131_072,
      context: { isFixed: true, maximum: 131_072 },
    });
    await say(session, words(6000));
    const usage = session.preview({ text: 'And?', attachments: [] });
    assert.deepEqual([usage.leftOut, usage.limit.tokens], [0, 131_072]);
    await say(session, 'And?');
    const sent = domain.model.prompts.at(-1)?.messages ?? [];
    assert.ok(sent.some(({ content }) => content === words(6000)));
    assert.deepEqual(lengths(), [undefined, undefined]);
  });

  it('uses at most a stated step where memory is unknown, and offers more', async () => {
    domain.memoryBytes = undefined;
    new FakeServer(domain);
    await say(session, words(9000));
    assert.deepEqual(lengths(), [16_384]);
    const usage = session.preview({ text: words(9000), attachments: [] });
    assert.equal(usage.raise, undefined);
    assert.equal(usage.offer?.to, 32_768);
    assert.ok(usage.leftOut > 0);
    const { metrics } = await say(session, words(9000));
    assert.equal(metrics?.offered?.to, 32_768);
    domain.budget.useLength('m', 32_768, true);
    await say(session, words(10));
    assert.equal(lengths().at(-1), 32_768);
    assert.equal(domain.model.lastMessages.length, 5);
  });

  it('asks first when it is set to, and does not count what fits', () => {
    new FakeServer(domain);
    domain.settings = { ...domain.settings, profile: { automatic: 'ask' } };
    const usage = session.preview({ text: words(5000), attachments: [] });
    assert.deepEqual([usage.raise, usage.offer?.to], [undefined, 8192]);
    assert.equal(usage.isTooLong, true);
    assert.equal(session.preview({ text: words(50), attachments: [] }).offer, undefined);
  });

  it('goes back after running out of memory, tries no longer context again, and says so', async () => {
    const server = new FakeServer(domain);
    server.memoryTokens = 16_384;
    await say(session, words(2500));
    await say(session, words(2500));
    const { end, metrics } = await say(session, words(3500));
    assert.equal(end?.kind, 'done');
    assert.equal(metrics?.steppedBack?.to, 16_384);
    assert.equal(metrics.raised, undefined);
    assert.deepEqual(server.loads, [4096, 8192, -16_384, 8192]);
    await say(session, words(3500));
    const other = domain.session();
    await say(other, words(9000));
    assert.ok(
      lengths()
        .slice(4)
        .every((length) => length === 8192),
    );
    assert.deepEqual(domain.known.get('m')?.refused, 16_384);
  });

  it('treats a crash of the model while it is raised as too little memory, but not any other crash', async () => {
    const crash = refuse({ kind: 'modelCrashed', message: 'signal: killed', status: 500 });
    const server = new FakeServer(domain);
    domain.model.answerWith(crash);
    assert.equal((await say(session, 'Hi')).end?.kind, 'failed');
    domain.model.answerWith(crash, server.script);
    const { end, metrics } = await say(session, words(4200));
    assert.deepEqual(lengths().slice(1), [8192, undefined]);
    assert.equal(metrics?.steppedBack?.to, 8192);
    assert.equal(end?.kind, 'failed', 'the message alone does not fit');
  });

  it('uses what the server gives when that is less than it was asked for, and asks for no more', async () => {
    const server = new FakeServer(domain, {
      give: () => 4096,
      context: { ...shape, isLoaded: true },
    });
    await say(session, words(2000));
    await settled();
    await say(session, words(2500));
    await settled();
    await say(session, words(2500));
    assert.deepEqual(lengths().at(-1), 8192);
    assert.deepEqual(server.loads, [4096]);
    const usage = session.preview({ text: 'Hi', attachments: [] });
    assert.deepEqual([usage.limit.tokens, usage.raise, usage.offer], [4096, undefined, undefined]);
  });

  it('uses all that the server gives when that is more than it was asked for', async () => {
    new FakeServer(domain, { give: () => 32_768, context: { ...shape, isLoaded: true } });
    await say(session, 'Hi');
    await settled();
    await say(session, words(20_000));
    assert.deepEqual(lengths(), [undefined, undefined]);
  });

  it('undoes a longer context for good, until the user chooses one', async () => {
    new FakeServer(domain);
    const { metrics } = await say(session, words(4000));
    assert.ok(metrics?.raised);
    domain.budget.undoRaise('m', metrics.raised);
    await say(session, words(20));
    assert.equal(lengths().at(-1), undefined);
    const usage = session.preview({ text: 'Hi', attachments: [] });
    assert.deepEqual([usage.raise, usage.offer?.to], [undefined, 8192]);
    domain.budget.useLength('m', 8192, true);
    await say(session, 'Hi');
    assert.equal(lengths().at(-1), 8192);
  });

  it('keeps a longer context of another window while the model is loaded, and no longer', async () => {
    new FakeServer(domain);
    const target = { model: 'm', profile: { automatic: 'raise' } } as const;
    domain.known.set('m', { allocated: { server: 4096 } });
    domain.context = { ...shape, isLoaded: true, allocated: 16_384 };
    await domain.budget.refresh(target);
    assert.equal(domain.budget.withLength(target).contextLength, 16_384);
    domain.context = { ...shape, isLoaded: false };
    await domain.budget.refresh(target);
    assert.equal(domain.budget.withLength(target).contextLength, undefined);
  });

  it('gives explanations the same length, and lets them raise it', async () => {
    const server = new FakeServer(domain);
    const seen: RequestProfile[] = [];
    const raised: number[] = [];
    const models = withAutomaticLength(
      {
        chat: (prompt, signal) => domain.model.chat(prompt, signal),
        generate: ({ model, prompt, profile }, signal) => {
          seen.push(profile);
          const messages = [{ role: 'user', content: prompt }] as const;
          return server.script({ model, messages, profile }, signal);
        },
      },
      domain.budget,
      (_model, { to }) => raised.push(to),
    );
    const profile = { automatic: 'raise' } as const;
    const explain = async (prompt: string): Promise<ModelEvent | undefined> => {
      let last: ModelEvent | undefined;
      const { signal } = new AbortController();
      const events = models.generate?.({ model: 'm', prompt, profile }, signal);
      for await (const event of events ?? []) last = event;
      return last;
    };
    await explain(words(20));
    await explain(words(4500));
    await say(session, 'Hi');
    await explain(words(20));
    assert.deepEqual(
      seen.map(({ contextLength }) => contextLength),
      [undefined, 8192, 8192],
    );
    assert.deepEqual([lengths(), raised, server.loads], [[8192], [8192], [4096, 8192]]);
    server.memoryTokens = 16_384;
    await explain(words(7900));
    assert.deepEqual(server.loads, [4096, 8192, -16_384, 8192]);
  });
});

/** The longest context that may be asked for without asking the user. */
function getMemoryBound(memory: number | undefined): number {
  if (memory === undefined) return 16_384;
  return Math.max(0, (0.8 * memory - shape.sizeBytes) / shape.bytesPerToken);
}

describe('any conversation with an automatic context length', () => {
  const cases = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 3, maxLength: 12 }),
    answer: fc.integer({ min: 1, max: 3000 }),
    serverDefault: fc.constantFrom(2048, 4096, 8192),
    maximum: fc.constantFrom(4096, 8192, 32_768, 40_960, 131_072),
    memory: fc.constantFrom(6e9, 8e9, 16e9, 32e9, undefined),
  });

  it('stays within the model’s maximum and memory, never shrinks, reloads once per step, and keeps its front', async () => {
    let raises = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ sizes, answer, serverDefault, maximum, memory }) => {
        const domain = new Domain();
        domain.memoryBytes = memory;
        const server = new FakeServer(domain, {
          serverDefault: Math.min(serverDefault, maximum),
          answer: () => words(answer),
          context: { ...shape, maximum },
        });
        const session = domain.session();
        let before = 0;
        for (const [at, size] of sizes.entries()) {
          const { metrics } = await say(session, `${at} ${words(size)}`);
          raises += metrics?.raised ? 1 : 0;
          const contextLength = domain.model.prompts.at(-1)?.profile.contextLength ?? 0;
          const messages = domain.model.lastMessages;
          assert.ok(
            contextLength <= maximum && contextLength >= before,
            `${before} ${contextLength}`,
          );
          assert.ok(contextLength <= getMemoryBound(memory), String(contextLength));
          before = contextLength;
          assert.ok(messages.at(-1)?.content.startsWith(`${at} `), 'the last message is sent');
          const isWhole = messages.length === 2 * at + 1;
          if (metrics?.raised && isWhole) assert.ok(messages[0]?.content.startsWith('0 '));
        }
        const steps = server.loads.filter((length) => length > 0);
        assert.equal(new Set(steps).size, steps.length, `loads: ${String(steps)}`);
      }),
      { seed: 21, numRuns: 150 },
    );
    assert.ok(raises > 50, String(raises));
  });
});
