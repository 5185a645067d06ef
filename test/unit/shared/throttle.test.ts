import assert from 'node:assert/strict';
import { Throttle, type ThrottleOptions } from '../../../src/shared/clock';
import { ManualClock } from '../../support/clock';

describe('throttle', () => {
  let clock: ManualClock;
  let runs: number[];

  function createThrottle(options: Partial<ThrottleOptions> = {}): Throttle {
    clock = new ManualClock();
    runs = [];
    const start = clock.monotonicMs();
    const run = (): void => void runs.push(clock.monotonicMs() - start);
    return new Throttle({ clock, intervalMs: 160, run, ...options });
  }

  it('runs at once, then once per interval, and keeps the last request', () => {
    const throttle = createThrottle();
    for (let ms = 0; ms < 500; ms += 10) {
      throttle.request();
      clock.advance(10);
    }
    clock.advance(1000);
    assert.deepEqual(runs, [0, 160, 320, 480, 640]);
    assert.equal(clock.waiting, 0);
  });

  it('waits a whole interval after the first request with a trailing edge', () => {
    const throttle = createThrottle({ edge: 'trailing' });
    throttle.request();
    clock.advance(100);
    throttle.request();
    clock.advance(1000);
    throttle.request();
    clock.advance(1000);
    assert.deepEqual(runs, [160, 1260]);
  });

  it('runs a pending request when flushed, and not again for it', () => {
    const throttle = createThrottle();
    throttle.flush();
    assert.deepEqual(runs, []);
    throttle.request();
    throttle.request();
    assert.equal(throttle.isPending, true);
    throttle.flush();
    clock.advance(1000);
    assert.deepEqual(runs, [0, 0]);
  });

  it('runs unrequested when asked to run now, which starts a new interval', () => {
    const throttle = createThrottle();
    throttle.runNow();
    throttle.request();
    clock.advance(1000);
    assert.deepEqual(runs, [0, 160]);
  });

  it('drops a pending request when cancelled', () => {
    const throttle = createThrottle();
    throttle.request();
    throttle.request();
    throttle.cancel();
    clock.advance(1000);
    assert.deepEqual(runs, [0]);
  });

  it('computes a pending run again when the interval has changed', () => {
    let intervalMs = 1000;
    const throttle = createThrottle({ intervalMs: () => intervalMs });
    throttle.request();
    throttle.request();
    clock.advance(50);
    intervalMs = 33;
    throttle.reschedule();
    assert.deepEqual(runs, [0, 50]);
    assert.equal(throttle.isPending, false);
  });
});
