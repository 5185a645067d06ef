import assert from 'node:assert/strict';
import { drawInterval, Throttle } from '../../../src/explain/throttle';
import { ManualClock } from '../../support/clock';

describe('throttle', () => {
  it('runs at once, then once an interval, and does not lose the last request', () => {
    const clock = new ManualClock();
    const runs: number[] = [];
    const throttle = new Throttle(
      clock,
      () => 160,
      () => runs.push(clock.monotonicMs() - 1000),
    );
    for (let ms = 0; ms < 500; ms += 10) {
      throttle.request();
      clock.advance(10);
    }
    clock.advance(1000);
    assert.deepEqual(runs, [0, 160, 320, 480, 640]);
    assert.equal(clock.waiting, 0);
  });

  it('runs at once when it is flushed, and not again for what was asked before', () => {
    const clock = new ManualClock();
    let runs = 0;
    const throttle = new Throttle(
      clock,
      () => 160,
      () => runs++,
    );
    throttle.request();
    throttle.request();
    throttle.flush();
    clock.advance(1000);
    assert.equal(runs, 2);
  });

  it('runs no more when it is cancelled', () => {
    const clock = new ManualClock();
    let runs = 0;
    const throttle = new Throttle(
      clock,
      () => 160,
      () => runs++,
    );
    throttle.request();
    throttle.request();
    throttle.cancel();
    clock.advance(1000);
    assert.equal(runs, 1);
  });

  it('draws a long answer less often, as all of it is drawn anew', () => {
    assert.equal(drawInterval(0, false), 160);
    assert.equal(drawInterval(8_000, false), 160);
    assert.equal(drawInterval(80_000, false), 1600);
  });

  it('draws rarely while somebody types, but goes on', () => {
    assert.equal(drawInterval(0, true), 2_500);
    assert.equal(drawInterval(200_000, true), 4_000);
  });
});
