import assert from 'node:assert/strict';
import { keepTidy, undoMs } from '../../../src/history/keepTidy';
import { ManualClock } from '../../support/manualClock';

describe('keeping the storage tidy', () => {
  it('is done once the start is over, and then now and again, but not while an answer comes', () => {
    const clock = new ManualClock();
    const tidied: number[] = [];
    let isBusy = false;
    const store = {
      tidy: (undo: number) => {
        assert.equal(undo, undoMs);
        tidied.push(clock.monotonicMs());
        return Promise.resolve();
      },
    };
    const start = clock.monotonicMs();
    const tidying = keepTidy({ store, clock, isBusy: () => isBusy });
    clock.advance(undoMs - 1);
    assert.deepEqual(tidied, []);
    clock.advance(1);
    isBusy = true;
    clock.advance(600_000);
    isBusy = false;
    clock.advance(600_000);
    assert.deepEqual(
      tidied.map((time) => time - start),
      [60_000, 1_260_000],
    );
    tidying.dispose();
    assert.equal(clock.waiting, 0);
  });
});
