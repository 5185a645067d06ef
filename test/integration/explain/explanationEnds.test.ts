import assert from 'node:assert/strict';
import type { ModelEnd } from '../../../src/conversation/ports';
import { ExplainDialogue } from '../../../src/explain/explainDialogue';
import { noticeBelow } from '../../../src/explain/threadComments';

const subject = {
  code: 'const a = 1;',
  language: 'typescript',
  path: 'src/a.ts',
  firstLine: 3,
  lastLine: 3,
};
const settings = {
  model: 'm',
  answerLanguage: '',
  profile: {},
  contextTokens: 4096,
  followUps: 'messages',
} as const;
const done = (reason: 'stop' | 'length' | 'filter'): ModelEnd => ({
  kind: 'done',
  reason,
  metrics: {},
});
const failure = { kind: 'server', message: 'llama runner terminated' } as const;

/** The sentence below an explanation that ended so, and the labels of its buttons. */
function below(end: ModelEnd, answer: string, thinking: string): readonly string[] {
  const dialogue = new ExplainDialogue(subject);
  dialogue.begin(settings);
  dialogue.append(answer, thinking);
  dialogue.finish(end);
  const { value = '' } = noticeBelow('e1', dialogue, 'http://127.0.0.1:11434')?.body ?? {};
  const labels = [...value.matchAll(/\[([^\]]+)\]\(command:/gu)].map(([, label = '']) => label);
  const [sentence = ''] = value.split('\n');
  return [sentence.replace(/\[.*$/u, '').replaceAll('\\', '').trim(), ...labels];
}

describe('how an explanation ended', () => {
  it('is not said where it has all that was asked for', () => {
    assert.deepEqual(below(done('stop'), 'It is one.', 'Hm.'), ['']);
  });

  it('is said where there is no answer, with the reasoning if there is some', () => {
    assert.deepEqual(below(done('stop'), '', ''), ['The model returned an empty answer.', 'Retry']);
    assert.deepEqual(below(done('stop'), ' \n', 'Hm.'), [
      'The model returned only its reasoning, no answer.',
      'Retry',
      'Show Reasoning',
    ]);
    assert.deepEqual(below(done('stop'), '<think>Hm.</think>', ''), [
      'The model returned only its reasoning, no answer.',
      'Retry',
      'Show Reasoning',
    ]);
  });

  it('is said where it was cut off, refused, or failed', () => {
    assert.deepEqual(below(done('length'), 'It is', 'Hm.'), [
      'The answer reached the length limit.',
      'Show Reasoning',
      'Continue in Chat',
    ]);
    assert.deepEqual(below(done('filter'), 'It', ''), [
      'The server’s content filter ended the answer.',
      'Retry',
    ]);
    const [sentence, ...labels] = below({ kind: 'failed', failure }, '', 'Hm.');
    assert.notEqual(sentence, '');
    assert.ok(labels.includes('Retry') && labels.includes('Show Reasoning'));
    const cut = below(
      { kind: 'truncated', failure: { ...failure, kind: 'truncated' } },
      'It',
      'Hm.',
    );
    assert.ok(cut.includes('Show Reasoning'));
  });
});
