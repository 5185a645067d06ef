import assert from 'node:assert/strict';
import { Polling } from '../../../src/models/polling';
import { ManualClock } from '../../support/clock';

describe('polling', () => {
  let clock: ManualClock;
  let polls: (() => void)[];
  let polling: Polling;

  beforeEach(() => {
    clock = new ManualClock();
    polls = [];
    const poll = (): Promise<void> => new Promise((resolve) => polls.push(resolve));
    polling = new Polling({ clock, intervalMs: 1000, poll });
  });

  async function finish(index: number): Promise<void> {
    polls[index]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  it('polls at once, and again an interval after the poll ended', async () => {
    polling.start();
    assert.equal(polls.length, 1);
    clock.advance(5000);
    assert.equal(polls.length, 1);
    await finish(0);
    clock.advance(999);
    assert.equal(polls.length, 1);
    clock.advance(1);
    assert.equal(polls.length, 2);
  });

  it('keeps one timer when it is stopped and started while polls are running', async () => {
    for (let time = 0; time < 3; time++) {
      polling.start();
      polling.stop();
    }
    polling.start();
    for (const index of [0, 1, 2, 3]) await finish(index);
    assert.equal(clock.waiting, 1);
    clock.advance(1000);
    assert.equal(polls.length, 5);
  });

  it('sets no timer when it was stopped meanwhile', async () => {
    polling.start();
    polling.stop();
    await finish(0);
    assert.equal(clock.waiting, 0);
  });

  it('continues after a poll that failed', async () => {
    const failing = new Polling({
      clock,
      intervalMs: 1000,
      poll: () => Promise.reject(new Error('no')),
    });
    failing.start();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(clock.waiting, 1);
    failing.stop();
    assert.equal(clock.waiting, 0);
  });
});
