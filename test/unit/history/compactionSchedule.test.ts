import assert from 'node:assert/strict';
import { scheduleCompaction, undoMs } from '../../../src/history/compactionSchedule';
import { ManualClock } from '../../support/clock';

describe('compaction schedule', () => {
  it('compacts once the undo time is over, then periodically, but not during an answer', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    let isBusy = false;
    const store = {
      compact: (undo: number) => {
        assert.equal(undo, undoMs);
        times.push(clock.monotonicMs());
        return Promise.resolve();
      },
    };
    const start = clock.monotonicMs();
    const schedule = scheduleCompaction({ store, clock, isBusy: () => isBusy });
    clock.advance(undoMs - 1);
    assert.deepEqual(times, []);
    clock.advance(1);
    isBusy = true;
    clock.advance(600_000);
    isBusy = false;
    clock.advance(600_000);
    assert.deepEqual(
      times.map((time) => time - start),
      [60_000, 1_260_000],
    );
    schedule.dispose();
    assert.equal(clock.waiting, 0);
  });
});
