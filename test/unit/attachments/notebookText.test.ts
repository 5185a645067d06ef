import assert from 'node:assert/strict';
import {
  formatNotebook,
  type NotebookCell,
  parseNotebook,
} from '../../../src/attachments/notebookText';
import { takeAround } from '../../../src/shared/text';

const code = (source: string, ...outputs: NotebookCell['outputs']): NotebookCell => ({
  ...{ kind: 'code', language: 'python', source, outputs },
});

describe('a notebook as text', () => {
  it('is that of its cells, in files of today and of before nbformat 4', () => {
    const kernelspec = { name: 'julia-1.9', language: 'julia' };
    const source = ['a = 1\n', 'b'];
    const outputs = [
      { output_type: 'execute_result', data: { 'text/plain': ['1'], 'text/html': '<b>1</b>' } },
      { output_type: 'error', ename: 'NameError', evalue: 'b', traceback: ['\u{1b}[31mlong'] },
      { output_type: 'display_data', data: { 'image/svg+xml': '<svg/>', 'text/plain': 'x' } },
    ];
    const found = [{ text: '1' }, { text: 'NameError: b' }, 'leftOut'];
    const cells = [{ cell_type: 'raw', source: 'r' }].concat([
      { cell_type: 'code', source, outputs } as never,
    ]);
    assert.deepEqual(parseNotebook(JSON.stringify({ cells, metadata: { kernelspec } })), [
      { kind: 'raw', language: 'julia', source: 'r', outputs: [] },
      { kind: 'code', language: 'julia', source: 'a = 1\nb', outputs: found },
    ]);
    const old = { worksheets: [{ cells: [{ cell_type: 'code', input: 'x', outputs: [] }] }] };
    assert.deepEqual(parseNotebook(JSON.stringify(old)), [
      { kind: 'code', language: '', source: 'x', outputs: [] },
    ]);
  });

  it('is not found in what is no notebook', () => {
    for (const text of ['', '{', '[]', '{"cells":1}', '{"cells":[{"source":"x"}]}', '{}']) {
      assert.equal(parseNotebook(text), undefined, text);
    }
  });

  it('names each cell and what it printed, and shortens a long output', () => {
    const log = Array.from({ length: 1_000 }, (_each, index) => `row ${index}`).join('\n');
    const { text, part } = formatNotebook([code('run()', { text: log }, 'leftOut')], 10_000);
    assert.match(text, /^%% cell 1 \(python\)\nrun\(\)\n%% output of cell 1\nrow 0\n[^]*\n…$/u);
    assert.ok(text.length < 2_100);
    assert.equal(part, 'without 1 output that is not text');
  });

  it('is of the cells nearest to the active one where not all fit, and says which', () => {
    const cells = Array.from({ length: 100 }, (_each, index) => code(`cell_${index} = 1`));
    const { text, part } = formatNotebook(cells, 400, 50);
    assert.ok(text.length <= 400 && text.includes('cell_50 = 1'));
    const [, first, last] = /^cells (\d+)-(\d+) of 100$/u.exec(part ?? '') ?? [];
    assert.ok(Number(first) < 51 && Number(last) > 51);
    assert.ok(text.startsWith(`%% cell ${first} `));
    const long = formatNotebook([code('a'), code('x\n'.repeat(1_000)), code('b')], 300, 1);
    assert.match(long.part ?? '', /^cell 2 of 3, lines 1-\d+ of \d+$/u);
    assert.ok(long.text.length <= 300);
  });
});

describe('a part of a very long line', () => {
  it('comes with what is around it, no character torn, and short code is whole', () => {
    assert.equal(takeAround('a'.repeat(2_000), 500, 'aaa'), 'a'.repeat(2_000));
    const half = '😀'.repeat(1_500);
    for (const shift of ['', 'x']) {
      const text = takeAround(`${half}${shift}part${half}`, half.length + shift.length, 'part');
      assert.match(text, /^…(?:😀)+x?part(?:😀)+…$/u);
      assert.ok(text.length <= 806);
    }
    assert.match(takeAround(`part${half}`, 0, 'part'), /^part(?:😀)+…$/u);
    assert.match(takeAround(`${half}part`, half.length, 'part'), /^…(?:😀)+part$/u);
  });

  it('is the whole code where it is most of it', () => {
    const part = 'b'.repeat(5_000);
    assert.equal(takeAround(`a${part}c`, 1, part), `a${part}c`);
  });
});
