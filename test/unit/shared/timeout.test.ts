import assert from 'node:assert/strict';
import { withTimeout } from '../../../src/shared/clock';
import { ManualClock } from '../../support/clock';

describe('withTimeout', () => {
  const never = new Promise<number>(() => undefined);

  it('gives the value that comes in time, and leaves no timer', async () => {
    const clock = new ManualClock();
    assert.equal(await withTimeout(Promise.resolve(1), { clock, ms: 100 }), 1);
    assert.equal(clock.waiting, 0);
  });

  it('gives undefined after the time, even if the answer never comes', async () => {
    const clock = new ManualClock();
    const answer = withTimeout(never, { clock, ms: 100 });
    clock.advance(100);
    assert.equal(await answer, undefined);
  });

  it('gives undefined for a failure and for an abort', async () => {
    const clock = new ManualClock();
    const failed = Promise.reject<number>(new Error('no provider'));
    assert.equal(await withTimeout(failed, { clock, ms: 100 }), undefined);
    const controller = new AbortController();
    const answer = withTimeout(never, { clock, ms: 100, signal: controller.signal });
    controller.abort();
    assert.equal(await answer, undefined);
    const { signal } = controller;
    assert.equal(await withTimeout(never, { clock, ms: 100, signal }), undefined);
    assert.equal(clock.waiting, 0);
  });
});
