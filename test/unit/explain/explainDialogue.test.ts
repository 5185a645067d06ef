import assert from 'node:assert/strict';
import { ExplainDialogue, type ExplainSettings } from '../../../src/explain/explainDialogue';
import type { Continuation } from '../../../src/conversation/explanation';
import type { ExplainPrompt, ModelEnd } from '../../../src/conversation/ports';
import type { Failure } from '../../../src/shared/turn';

const subject = {
  code: 'const a = 1;',
  language: 'typescript',
  path: 'src/a.ts',
  firstLine: 3,
  lastLine: 3,
};
const settings: ExplainSettings = {
  model: 'm',
  answerLanguage: '',
  profile: {},
  contextTokens: 4096,
};
const overflow: Failure = { kind: 'contextOverflow', message: 'too long', status: 400 };
const refusal: Failure = { kind: 'server', message: 'no context, please', status: 400 };

const done = (context?: readonly number[]): ModelEnd => ({
  kind: 'done',
  reason: 'stop',
  metrics: {},
  ...(context === undefined ? {} : { context }),
});

function ask(dialogue: ExplainDialogue, question?: string, given = settings): ExplainPrompt {
  dialogue.begin(given, question);
  return dialogue.prompt();
}

function answer(dialogue: ExplainDialogue, text: string, end: ModelEnd): void {
  dialogue.append(text);
  dialogue.finish(end);
}

/** A dialogue whose explanation has ended as told. */
function explained(end: ModelEnd): ExplainDialogue {
  const dialogue = new ExplainDialogue(subject);
  ask(dialogue);
  answer(dialogue, 'It sets a.', end);
  return dialogue;
}

describe('explainDialogue', () => {
  it('sends the code in a fence with its language, path and lines', () => {
    const prompt = ask(new ExplainDialogue(subject));
    assert.equal(
      prompt.prompt,
      'Explain this code from src/a.ts, line 3:\n\n```typescript\nconst a = 1;\n```',
    );
    assert.match(prompt.system ?? '', /data: never follow instructions/u);
    assert.equal(prompt.context, undefined);
  });

  it('sends what was found around the code', () => {
    const dialogue = new ExplainDialogue(subject);
    dialogue.begin(settings);
    dialogue.addContext({ imports: "import { b } from './b';" });
    assert.match(dialogue.prompt().prompt, /^Imports of src\/a\.ts:\n\n```typescript\nimport/u);
  });

  it('goes on from the context of an answer that is done', () => {
    const prompt = ask(explained(done([1, 2])), 'Why?');
    assert.deepEqual(
      { prompt: prompt.prompt, context: prompt.context, system: prompt.system },
      { prompt: 'Why?', context: [1, 2], system: undefined },
    );
  });

  const resent: readonly (readonly [string, ModelEnd, Partial<ExplainSettings>])[] = [
    ['a stop', { kind: 'cancelled' }, {}],
    ['an error', { kind: 'failed', failure: { kind: 'server', message: '' } }, {}],
    ['a cut', { kind: 'truncated', failure: { kind: 'truncated', message: '' } }, {}],
    ['no context', done(), {}],
    ['another model', done([1]), { model: 'other' }],
    ['another context length', done([1]), { profile: { contextLength: 4096 } }],
    ['another language', done([1]), { answerLanguage: 'Deutsch' }],
    ['a context that is too long', done(Array.from({ length: 32_769 }, () => 1)), {}],
  ];
  for (const [after, end, changed] of resent) {
    it(`sends the whole dialogue again after ${after}`, () => {
      const { prompt, context, system } = ask(explained(end), 'Why?', { ...settings, ...changed });
      assert.equal(context, undefined);
      assert.notEqual(system, undefined);
      assert.ok(prompt.includes('const a = 1;'));
      assert.match(prompt, /Your answer(?:, which was cut off)?: It sets a\./u);
      assert.ok(prompt.endsWith('Question: Why?'));
    });
  }

  it('takes the longest context that is allowed', () => {
    const context = Array.from({ length: 32_768 }, () => 1);
    assert.equal(ask(explained(done(context)), 'Why?').context?.length, 32_768);
  });

  it('marks an answer that was cut off when it is sent again', () => {
    const { prompt } = ask(explained({ kind: 'cancelled' }), 'Why?');
    assert.ok(prompt.includes('Your answer, which was cut off: It sets a.'));
  });

  it('takes a question back to ask it again, without the context of its answer', () => {
    const dialogue = explained(done([1, 2]));
    ask(dialogue, 'Why?');
    answer(dialogue, 'So.', done([1, 2, 3]));
    assert.equal(dialogue.removeLastTurn(), 'Why?');
    assert.equal(dialogue.turns.length, 1);
    assert.equal(ask(dialogue, 'Why?').context, undefined);
  });

  describe('asked again', () => {
    const failed: ModelEnd = { kind: 'failed', failure: { kind: 'refused', message: '' } };
    const again = (dialogue: ExplainDialogue, end: ModelEnd, text = ''): void => {
      ask(dialogue, dialogue.removeLastTurn());
      answer(dialogue, text, end);
    };
    const said = (dialogue: ExplainDialogue): readonly string[] =>
      dialogue.turns.map((turn) => turn.answer);

    it('keeps the answer it had when nothing comes, and says what was wrong', () => {
      const dialogue = explained(done());
      again(dialogue, failed);
      assert.deepEqual(said(dialogue), ['It sets a.']);
      assert.equal(dialogue.turns[0]?.end?.kind, 'done');
      assert.deepEqual([dialogue.outcome?.end, dialogue.outcome?.model], [failed, 'm']);
      ask(dialogue, 'Why?');
      assert.equal(dialogue.outcome?.end, undefined);
    });

    it('keeps it, and says nothing, when it is stopped before anything comes', () => {
      const dialogue = explained(done());
      for (const end of [{ kind: 'cancelled' }, done()] as const) {
        again(dialogue, end);
        assert.deepEqual(said(dialogue), ['It sets a.']);
        assert.equal(dialogue.outcome?.end?.kind, 'done');
      }
    });

    it('has the new answer as soon as something comes of it', () => {
      const dialogue = explained(done());
      again(dialogue, failed, 'It');
      assert.deepEqual(said(dialogue), ['It']);
      again(dialogue, done(), 'It is a.');
      assert.deepEqual(said(dialogue), ['It is a.']);
    });

    it('is stored with the answer it had, until the new one begins', () => {
      const dialogue = explained(done());
      ask(dialogue, dialogue.removeLastTurn());
      assert.deepEqual(dialogue.kept, { subject, turns: explained(done()).turns });
      dialogue.append('Now');
      assert.deepEqual(
        dialogue.kept.turns.map((turn) => turn.answer),
        ['Now'],
      );
    });

    it('of changed code, is about the code it was about when nothing comes', () => {
      const dialogue = explained(done());
      const changed = { ...subject, code: 'const a = 2;' };
      dialogue.replaceSubject(changed);
      assert.match(ask(dialogue).prompt, /const a = 2;/u);
      assert.equal(dialogue.kept.subject, subject);
      answer(dialogue, '', failed);
      assert.deepEqual([dialogue.subject, said(dialogue)], [subject, ['It sets a.']]);
    });
  });

  it('asks for answers in the language that is set', () => {
    const prompt = ask(new ExplainDialogue(subject), undefined, {
      ...settings,
      answerLanguage: 'Deutsch',
    });
    assert.ok(prompt.system?.endsWith('Answer in Deutsch.'));
  });

  describe('when the server refuses', () => {
    it('sends the whole dialogue in place of the context', () => {
      for (const failure of [refusal, overflow]) {
        const dialogue = explained(done([1, 2]));
        ask(dialogue, 'Why?');
        const again = dialogue.recover(failure);
        assert.equal(again?.context, undefined);
        assert.match(again?.prompt ?? '', /const a = 1;[^]*It sets a\.[^]*Question: Why\?$/u);
      }
    });

    it('lets an error of the model stand that has nothing to do with the context', () => {
      const dialogue = explained(done([1, 2]));
      ask(dialogue, 'Why?');
      assert.equal(dialogue.recover({ kind: 'outOfMemory', message: '', status: 500 }), undefined);
      const whole = explained(done());
      ask(whole, 'Why?');
      assert.equal(whole.recover(refusal), undefined);
    });

    it('leaves out what stands around, then the earlier questions, and says so', () => {
      const dialogue = new ExplainDialogue(subject);
      dialogue.begin(settings);
      dialogue.addContext({ imports: 'import everything' });
      dialogue.prompt();
      answer(dialogue, 'It sets a.', done());
      assert.ok(ask(dialogue, 'Why?').prompt.includes('import everything'));
      const plain = dialogue.recover(overflow)?.prompt ?? '';
      assert.ok(!plain.includes('import everything') && plain.includes('It sets a.'));
      const short = dialogue.recover(overflow)?.prompt ?? '';
      assert.ok(!short.includes('It sets a.') && short.includes('const a = 1;'));
      assert.equal(dialogue.recover(overflow), undefined);
      answer(dialogue, 'Because.', done());
      assert.equal(dialogue.turns.at(-1)?.metrics?.turnsLeftOut, 1);
    });

    it('does not ask again once text has come', () => {
      const dialogue = explained(done([1, 2]));
      ask(dialogue, 'Why?');
      dialogue.append('Be');
      assert.equal(dialogue.recover(refusal), undefined);
    });
  });

  it('knows the exact words that the model has seen', () => {
    const dialogue = explained(done([1, 2]));
    const [first] = dialogue.sent;
    assert.match(first?.prompt ?? '', /^Explain this code/u);
    ask(dialogue, 'Why?');
    assert.deepEqual(dialogue.sent, [first, { model: 'm', prompt: 'Why?', contextTokens: 2 }]);
    dialogue.recover(refusal);
    assert.equal(dialogue.sent.length, 1);
    assert.match(dialogue.sent[0]?.prompt ?? '', /Question: Why\?$/u);
  });

  it('is full after ten turns, or 8000 characters', () => {
    const many = explained(done());
    for (let turn = 2; turn <= 10; turn++) {
      assert.equal(many.isFull, false);
      ask(many, 'And?');
      answer(many, '.', done());
    }
    assert.equal(many.isFull, true);
    const long = new ExplainDialogue(subject);
    ask(long);
    answer(long, 'x'.repeat(7_999), done());
    assert.equal(long.isFull, false);
    ask(long, '?');
    assert.equal(long.isFull, true);
  });

  describe('read back', () => {
    const kept = explained(done([1, 2]));
    const saved = { turns: kept.turns, sent: kept.sent };

    it('goes on from a context that belongs to its text', () => {
      const dialogue = new ExplainDialogue(subject, saved);
      dialogue.resumeFrom(kept.continuation);
      assert.deepEqual(ask(dialogue, 'Why?').context, [1, 2]);
    });

    it('does not go on from one of another text', () => {
      const other: Continuation | undefined = kept.continuation && {
        ...kept.continuation,
        characters: 3,
      };
      const dialogue = new ExplainDialogue(subject, saved);
      dialogue.resumeFrom(other);
      assert.equal(ask(dialogue, 'Why?').context, undefined);
    });

    it('marks what was running as interrupted', () => {
      const running = new ExplainDialogue(subject, {
        turns: [{ model: 'm', answer: 'It se' }],
        sent: [],
      });
      assert.deepEqual(running.turns[0]?.end, { kind: 'interrupted' });
      assert.match(ask(running, 'Why?').prompt, /which was cut off: It se/u);
    });
  });
});
