import assert from 'node:assert/strict';
import { readAnswerLine } from '../../../src/ollama/answerStream';
import { endName } from './clientFixture';

function read(line: unknown): ReturnType<typeof readAnswerLine> {
  return readAnswerLine(JSON.stringify(line));
}

function delta(content: string, thinking = ''): unknown {
  return { delta: { type: 'delta', content, thinking } };
}

describe('a line of an answer', () => {
  it('has its text in the place of either route', () => {
    assert.deepEqual(read({ message: { content: 'a' }, done: false }), delta('a'));
    assert.deepEqual(read({ response: 'a', done: false }), delta('a'));
    assert.deepEqual(read({ message: { content: '', thinking: 'hm' } }), delta('', 'hm'));
    assert.deepEqual(read({ response: 'a', thinking: 'hm' }), delta('a', 'hm'));
  });

  it('is no event without text', () => {
    for (const line of [
      {},
      { done: false },
      { message: {} },
      { message: { content: '' } },
      { response: null },
    ]) {
      assert.deepEqual(read(line), {});
    }
  });

  it('may say the last text and the end at once', () => {
    const { delta: last, end } = read({
      message: { content: 'z', thinking: null },
      done: true,
      done_reason: 'length',
    });
    assert.deepEqual(last, { type: 'delta', content: 'z', thinking: '' });
    assert.deepEqual(end, { kind: 'done', reason: 'length', metrics: {} });
  });

  it('has each metric, or has not', () => {
    const all = {
      total_duration: 1,
      load_duration: 2,
      prompt_eval_count: 3,
      prompt_eval_duration: 4,
      eval_count: 5,
      eval_duration: 6,
    };
    const { end } = read({ done: true, ...all });
    assert.deepEqual(end?.kind === 'done' && end.metrics, {
      totalDurationNs: 1,
      loadDurationNs: 2,
      promptEvalCount: 3,
      promptEvalDurationNs: 4,
      evalCount: 5,
      evalDurationNs: 6,
    });
    assert.deepEqual(
      read({ done: true, eval_count: '5', load_duration: -1, total_duration: null }).end,
      {
        kind: 'done',
        reason: 'stop',
        metrics: {},
      },
    );
  });

  it('keeps a context of token ids and nothing else', () => {
    const context = (value: unknown) => {
      const { end } = read({ response: '', done: true, context: value });
      return end?.kind === 'done' ? end.context : undefined;
    };
    assert.deepEqual(context([1, 2, 3]), [1, 2, 3]);
    assert.equal(context(['1']), undefined);
    assert.equal(context('1'), undefined);
    assert.equal(context([0.5]), undefined);
  });

  it('carries whole tool calls, with and without an id', () => {
    const call = { function: { name: 'read_file', arguments: { path: 'a.ts' } } };
    const { delta: event } = read({
      message: {
        content: '',
        tool_calls: [{ id: 'call_1', ...call }, call, { function: { index: 2, name: 'now' } }],
      },
    });
    assert.deepEqual(event?.toolCalls, [
      { id: 'call_1', ...call },
      { id: '', ...call },
      { id: '', function: { index: 2, name: 'now', arguments: {} } },
    ]);
    assert.deepEqual(read({ response: 'x', tool_calls: [] }), delta('x'));
  });

  it('is an error, never skipped, when it is not a chunk', () => {
    for (const text of ['', 'null', '7', '"x"', '[]', '{', '<html>', '{"a":1}}', '\0{}']) {
      const { end } = readAnswerLine(text);
      assert.ok(end, text);
      assert.equal(endName(end), 'serverError:protocol', text);
    }
  });

  it('is an error when a field that matters has a wrong type', () => {
    const call = (value: unknown) => ({ message: { content: '', tool_calls: value } });
    const wrong: readonly (readonly [string, unknown])[] = [
      ['message', { message: 'text' }],
      ['message', { message: [] }],
      ['content', { message: { content: 7 } }],
      ['content', { message: { content: [{ type: 'text' }] } }],
      ['content', { response: {} }],
      ['thinking', { response: '', thinking: 1 }],
      ['done', { response: '', done: 'true' }],
      ['tool_calls', call('x')],
      ['tool_calls', call([7])],
      ['tool_calls', call([{ function: {} }])],
      ['tool_calls', call([{ function: { name: 'f', arguments: '{}' } }])],
    ];
    for (const [field, line] of wrong) {
      const { end } = read(line);
      assert.ok(end?.kind === 'serverError', JSON.stringify(line));
      assert.equal(end.error.kind, 'protocol');
      assert.match(end.error.message, new RegExp(`"${field}"`, 'u'));
      assert.ok(end.error.excerpt);
    }
  });

  it('is the server’s own error when it says so', () => {
    const { end } = read({ error: 'CUDA error: out of memory' });
    assert.equal(end && endName(end), 'serverError:outOfMemory');
  });

  it('shows at most 200 characters of a wrong line, without control characters', () => {
    const { end } = readAnswerLine(`\u0007${'x'.repeat(1000)}`);
    assert.ok(end?.kind === 'serverError');
    assert.match(end.error.excerpt ?? '', /^x{199}…$/u);
  });
});
