import assert from 'node:assert/strict';
import { EventStream } from '../../../src/http/eventStream';

function recorded(): { stream: EventStream<string>; calls: string[] } {
  const calls: string[] = [];
  const stream = new EventStream<string>(() => ({
    start: () => calls.push('start'),
    cancel: () => calls.push('cancel'),
    resume: () => calls.push('resume'),
  }));
  return { stream, calls };
}

describe('EventStream', () => {
  it('starts when it is first read, once', async () => {
    const { stream, calls } = recorded();
    assert.deepEqual(calls, []);
    const first = stream.next();
    const second = stream.next();
    assert.deepEqual(calls, ['start']);
    stream.push('a');
    stream.push('b');
    assert.deepEqual(await first, { done: false, value: 'a' });
    assert.deepEqual(await second, { done: false, value: 'b' });
  });

  it('gives all that was pushed before it was closed, then ends for good', async () => {
    const { stream } = recorded();
    stream.push('a');
    stream.push('b');
    stream.close();
    stream.push('late');
    const got: string[] = [];
    for await (const event of stream) got.push(event);
    assert.deepEqual(got, ['a', 'b']);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  it('cancels its producer at once when it is left, even while it waits', async () => {
    const { stream, calls } = recorded();
    const waiting = stream.next();
    await stream.return();
    assert.deepEqual(calls, ['start', 'cancel']);
    assert.deepEqual(await waiting, { done: true, value: undefined });
    await stream.return();
    assert.deepEqual(calls, ['start', 'cancel']);
  });

  it('never starts once it was left before the first read', async () => {
    const { stream, calls } = recorded();
    await stream.return();
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
    assert.deepEqual(calls, []);
  });

  it('cancels when its reader throws, and passes the reason back', async () => {
    const { stream, calls } = recorded();
    void stream.next();
    stream.push('a');
    await assert.rejects(stream.throw(new Error('reader')), /reader/u);
    assert.deepEqual(calls, ['start', 'cancel']);
  });

  it('is left by `await using`', async () => {
    const { stream, calls } = recorded();
    void stream.next();
    await stream[Symbol.asyncDispose]();
    assert.deepEqual(calls, ['start', 'cancel']);
  });

  it('says when its reader is behind, and tells the producer when it has caught up', async () => {
    const { stream, calls } = recorded();
    for (let event = 0; event < 300; event++) stream.push(String(event));
    assert.equal(stream.isFull, true);
    for (let event = 0; event < 300; event++) await stream.next();
    assert.equal(stream.isFull, false);
    assert.deepEqual(calls, ['start', 'resume']);
  });
});
