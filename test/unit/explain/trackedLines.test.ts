import assert from 'node:assert/strict';
import {
  trackEdit,
  findLines,
  type Edit,
  type TrackedLines,
} from '../../../src/explain/trackedLines';
import { seeded } from '../../support/seeded';

const text = ['a', 'b', 'cc', 'dd', 'e', 'f'].join('\n');
/** The lines `cc` and `dd`. */
const ours: TrackedLines = { first: 2, last: 3, length: 2, isLost: false };

function edit(from: string, to: string, replacement: string): Edit {
  const place = (words: string) => {
    const [line = 0, character = 0] = words.split(':').map(Number);
    return { line, character };
  };
  return { range: { start: place(from), end: place(to) }, text: replacement };
}

/** What VS Code would make of the text. */
function applied(before: string, { range: { start, end }, text: words }: Edit): string {
  const lines = before.split('\n');
  const head = [...lines.slice(0, start.line), (lines[start.line] ?? '').slice(0, start.character)];
  const tail = [(lines[end.line] ?? '').slice(end.character), ...lines.slice(end.line + 1)];
  return head.join('\n') + words + tail.join('\n');
}

function after(...edits: readonly Edit[]): { readonly lines: string; readonly isLost: boolean } {
  const tracked = edits.reduce<TrackedLines>(trackEdit, ours);
  const whole = edits.reduce(applied, text).split('\n');
  return {
    lines: whole.slice(tracked.first, tracked.last + 1).join('\n'),
    isLost: tracked.isLost,
  };
}

describe('trackedLines', () => {
  const cases: readonly (readonly [string, Edit, string])[] = [
    ['a line typed above', edit('0:0', '0:0', 'new\n'), 'cc\ndd'],
    ['a line typed just above, from its own end', edit('1:1', '1:1', '\nnew'), 'cc\ndd'],
    ['a line typed just above, from our beginning', edit('2:0', '2:0', 'new\n'), 'cc\ndd'],
    ['lines deleted above', edit('0:0', '2:0', ''), 'cc\ndd'],
    ['a line typed at our end', edit('3:2', '3:2', '\nnew'), 'cc\ndd'],
    ['a line typed below', edit('4:0', '4:0', 'new\n'), 'cc\ndd'],
    ['lines deleted below', edit('3:2', '5:1', ''), 'cc\ndd'],
    ['words typed at our beginning', edit('2:0', '2:0', 'x'), 'xcc\ndd'],
    ['words typed at our end', edit('3:2', '3:2', 'x'), 'cc\nddx'],
    ['a line typed inside', edit('2:2', '2:2', '\nnew'), 'cc\nnew\ndd'],
    ['a line joined inside', edit('2:2', '3:0', ''), 'ccdd'],
    ['the line above joined to ours', edit('1:1', '2:0', ''), 'bcc\ndd'],
    ['the line below joined to ours', edit('3:2', '4:0', ''), 'cc\ndde'],
    ['our first line deleted, with some above', edit('1:0', '3:0', ''), 'dd'],
    ['our last line deleted, with some below', edit('2:2', '4:1', ''), 'cc'],
    ['all of ours replaced', edit('2:0', '3:2', 'one\ntwo\nthree'), 'one\ntwo\nthree'],
  ];
  for (const [what, change, lines] of cases) {
    it(`follows ${what}`, () => {
      assert.deepEqual(after(change), { lines, isLost: false });
    });
  }

  it('knows that nothing is left of the lines', () => {
    assert.equal(after(edit('2:0', '4:0', '')).isLost, true);
    assert.equal(after(edit('0:0', '5:1', 'other')).isLost, true);
    assert.equal(after(edit('2:0', '3:2', '')).isLost, true);
  });

  it('follows several edits one after another, as an undo of them', () => {
    const [done, undone] = [edit('2:1', '2:1', 'x\n'), edit('2:1', '3:0', '')];
    assert.equal(after(done).lines, 'cx\nc\ndd');
    assert.equal(after(done, undone).lines, 'cc\ndd');
  });

  it('stays at the lines through any number of edits around them', () => {
    const next = seeded(20261122);
    const below = (most: number): number => Math.floor(next() * most);
    for (let run = 0; run < 500; run++) {
      let whole = text;
      let tracked = ours;
      for (let step = 0; step < 12; step++) {
        const count = whole.split('\n').length;
        const isAbove = next() < 0.5 && tracked.first > 0;
        const room = isAbove ? tracked.first : count - tracked.last - 1;
        if (room === 0) continue;
        const line = isAbove ? below(room) : tracked.last + 1 + below(room);
        const isDeleted = next() < 0.4 && line + 1 < count;
        const change = isDeleted
          ? edit(`${line}:0`, `${line + 1}:0`, '')
          : edit(`${line}:0`, `${line}:0`, 'new\n'.repeat(1 + below(3)));
        whole = applied(whole, change);
        tracked = trackEdit(tracked, change);
      }
      const lines = whole.split('\n').slice(tracked.first, tracked.last + 1);
      assert.deepEqual(lines, ['cc', 'dd']);
      assert.equal(tracked.isLost, false);
    }
  });

  describe('locate', () => {
    it('finds whole lines only, the nearest first, whatever ends them', () => {
      const many = 'x\ny\n\nx\ny\nxx\ny';
      assert.deepEqual(findLines(many, 'x\ny', 0), { first: 0, last: 1 });
      assert.deepEqual(findLines(many, 'x\ny', 4), { first: 3, last: 4 });
      assert.deepEqual(findLines(many.replaceAll('\n', '\r\n'), 'x\ny', 4), { first: 3, last: 4 });
      assert.equal(findLines(many, 'x\nz', 0), undefined);
      assert.equal(findLines('xx\ny', 'x\ny', 0), undefined);
    });
  });
});
