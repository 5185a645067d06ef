import assert from 'node:assert/strict';
import { takeNearestLines } from '../../../src/shared/text';

const all = { code: 'one\ntwo\nthree\nfour\nfive', firstLine: 1, lastLine: 5 };

describe('takeNearestLines', () => {
  const takenLines = (maxLength: number): readonly [number, number] => {
    const lines = { firstLine: 2, lastLine: 3 };
    const { firstLine, lastLine, code } = takeNearestLines(all, lines, maxLength);
    assert.equal(
      code,
      all.code
        .split('\n')
        .slice(firstLine - 1, lastLine)
        .join('\n'),
    );
    return [firstLine, lastLine];
  };

  it('takes all lines if they fit', () => {
    assert.deepEqual(takenLines(1000), [1, 5]);
  });

  it('grows on one side when the other side ends', () => {
    assert.deepEqual(takenLines('one\ntwo\nthree\nfour\n'.length), [1, 4]);
  });

  it('always contains the lines themselves', () => {
    assert.deepEqual(takenLines(0), [2, 3]);
  });
});
