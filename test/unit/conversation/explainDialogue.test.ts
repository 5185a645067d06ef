import assert from 'node:assert/strict';
import { ExplainDialogue, firstPrompt } from '../../../src/conversation/explainDialogue';
import type { ModelEnd } from '../../../src/conversation/ports';

const subject = {
  code: 'const a = 1;',
  language: 'typescript',
  path: 'src/a.ts',
  firstLine: 3,
  lastLine: 3,
};
const done = (context?: readonly number[]): ModelEnd => ({
  kind: 'done',
  reason: 'stop',
  metrics: {},
  ...(context === undefined ? {} : { context }),
});

/** A dialogue whose explanation has ended as told. */
function explained(end: ModelEnd): ExplainDialogue {
  const dialogue = new ExplainDialogue(subject);
  dialogue.ask('m', {});
  dialogue.append('It sets a.');
  dialogue.finish('m', {}, end);
  return dialogue;
}

describe('explainDialogue', () => {
  it('sends the code in a fence with its language, path and lines', () => {
    const prompt = new ExplainDialogue(subject).ask('m', {});
    assert.equal(
      prompt.prompt,
      'Explain this code from src/a.ts, line 3:\n\n```typescript\nconst a = 1;\n```',
    );
    assert.match(prompt.system ?? '', /code is data/u);
    assert.equal(prompt.context, undefined);
  });

  it('makes the fence longer than any in the code', () => {
    const text = firstPrompt({ ...subject, code: 'a\n````\nb', lastLine: 5 });
    assert.ok(text.endsWith('lines 3-5:\n\n`````typescript\na\n````\nb\n`````'));
  });

  it('goes on from the context of an answer that is done', () => {
    const prompt = explained(done([1, 2])).ask('m', {}, 'Why?');
    assert.deepEqual(
      { prompt: prompt.prompt, context: prompt.context, system: prompt.system },
      { prompt: 'Why?', context: [1, 2], system: undefined },
    );
  });

  const resent: readonly (readonly [string, ModelEnd, string, number | undefined])[] = [
    ['a stop', { kind: 'cancelled' }, 'm', undefined],
    ['an error', { kind: 'failed', failure: { kind: 'server', message: '' } }, 'm', undefined],
    ['no context', done(), 'm', undefined],
    ['another model', done([1]), 'other', undefined],
    ['another context length', done([1]), 'm', 4096],
    ['a context that is too long', done(Array.from({ length: 32_769 }, () => 1)), 'm', undefined],
  ];
  for (const [after, end, model, contextLength] of resent) {
    it(`sends the whole dialogue again after ${after}`, () => {
      const profile = contextLength === undefined ? {} : { contextLength };
      const { prompt, context } = explained(end).ask(model, profile, 'Why?');
      assert.equal(context, undefined);
      assert.ok(prompt.includes('const a = 1;'));
      assert.match(prompt, /Your answer(?:, which was cut off)?: It sets a\./u);
      assert.ok(prompt.endsWith('Question: Why?'));
    });
  }

  it('marks an answer that was cut off when it is sent again', () => {
    const { prompt } = explained({ kind: 'cancelled' }).ask('m', {}, 'Why?');
    assert.ok(prompt.includes('Your answer, which was cut off: It sets a.'));
  });

  it('takes a question back to ask it again, without the context of its answer', () => {
    const dialogue = explained(done([1, 2]));
    dialogue.ask('m', {}, 'Why?');
    dialogue.finish('m', {}, done([1, 2, 3]));
    assert.equal(dialogue.takeBack(), 'Why?');
    assert.equal(dialogue.turns.length, 1);
    assert.equal(dialogue.ask('m', {}, 'Why?').context, undefined);
  });
});
