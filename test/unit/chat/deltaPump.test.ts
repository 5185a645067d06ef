import assert from 'node:assert/strict';
import { DeltaPump } from '../../../src/chat/deltaPump';
import type { ToWebview } from '../../../src/shared/protocol';
import { ManualClock } from '../../support/clock';

type Delta = Extract<ToWebview, { type: 'delta' }>;

/** A pump whose posts are kept, and a page that acknowledges each of them, or not. */
function pumpWith({ acknowledging }: { acknowledging: boolean }): {
  readonly pump: DeltaPump;
  readonly clock: ManualClock;
  readonly posts: Delta[];
} {
  const clock = new ManualClock();
  const posts: Delta[] = [];
  const pump: DeltaPump = new DeltaPump((message) => {
    assert.equal(message.type, 'delta');
    posts.push(message);
    if (acknowledging) queueMicrotask(() => pump.acknowledge());
  }, clock);
  return { pump, clock, posts };
}

describe('deltaPump', () => {
  it('posts the first text at once, and gathers the rest for 33 ms', () => {
    const { pump, clock, posts } = pumpWith({ acknowledging: true });
    pump.add('a', 'answer', 0, 'One');
    assert.deepEqual(posts, [
      { type: 'delta', turnId: 'a', channel: 'answer', at: 0, text: 'One' },
    ]);
    pump.add('a', 'answer', 3, ' two');
    pump.add('a', 'answer', 7, ' three');
    clock.advance(32);
    assert.equal(posts.length, 1);
    clock.advance(1);
    assert.deepEqual(posts[1], {
      type: 'delta',
      turnId: 'a',
      channel: 'answer',
      at: 3,
      text: ' two three',
    });
  });

  it('posts what an answer begins to do with the text that begins it', async () => {
    const { pump, clock, posts } = pumpWith({ acknowledging: true });
    pump.enter({ state: 'thinking', elapsedMs: 0 });
    pump.add('a', 'thinking', 0, 'Hm');
    pump.add('a', 'thinking', 2, '.');
    pump.enter({ state: 'answering', elapsedMs: 0 });
    pump.add('a', 'answer', 0, 'Yes');
    clock.advance(33);
    await Promise.resolve();
    pump.add('a', 'answer', 3, '.');
    clock.advance(33);
    assert.deepEqual(
      posts.map(({ text, activity }) => [text, activity?.state]),
      [
        ['Hm', 'thinking'],
        ['.', undefined],
        ['Yes', 'answering'],
        ['.', undefined],
      ],
    );
  });

  it('makes at most 31 posts a second, whatever the rate of tokens', async () => {
    const { pump, clock, posts } = pumpWith({ acknowledging: true });
    let at = 0;
    for (let token = 0; token < 1000; token++) {
      pump.add('a', 'answer', at, 'ab');
      at += 2;
      clock.advance(1);
      await Promise.resolve();
    }
    assert.ok(posts.length <= 31, `${posts.length} posts`);
    pump.flush();
    assert.equal(posts.map(({ text }) => text).join('').length, 2000);
  });

  it('waits while two posts are unacknowledged, and continues after the first acknowledgment', () => {
    const { pump, clock, posts } = pumpWith({ acknowledging: false });
    for (let token = 0; token < 10; token++) {
      pump.add('a', 'answer', token, 'x');
      clock.advance(40);
    }
    assert.equal(posts.length, 2);
    pump.acknowledge();
    assert.equal(posts.length, 3);
    assert.equal(posts[2]?.text, 'x'.repeat(8));
  });

  it('continues after a second when the unacknowledged posts were lost', () => {
    const { pump, clock, posts } = pumpWith({ acknowledging: false });
    for (let token = 0; token < 3; token++) {
      pump.add('a', 'answer', token, 'x');
      clock.advance(40);
    }
    assert.equal(posts.length, 2);
    clock.advance(900);
    assert.equal(posts.length, 2);
    clock.advance(100);
    assert.deepEqual(posts[2], { type: 'delta', turnId: 'a', channel: 'answer', at: 2, text: 'x' });
  });

  it('posts thinking before the answer that follows it', () => {
    const { pump, posts } = pumpWith({ acknowledging: false });
    pump.add('a', 'thinking', 0, 'Hm');
    pump.add('a', 'thinking', 2, '…');
    pump.add('a', 'answer', 0, 'Yes');
    pump.flush();
    assert.deepEqual(
      posts.map(({ channel, text }) => [channel, text]),
      [
        ['thinking', 'Hm'],
        ['thinking', '…'],
        ['answer', 'Yes'],
      ],
    );
  });

  it('drops what a snapshot contains, and starts over', () => {
    const { pump, clock, posts } = pumpWith({ acknowledging: false });
    pump.add('a', 'answer', 0, 'One');
    pump.add('a', 'answer', 3, ' two');
    pump.reset();
    clock.advance(100);
    assert.equal(posts.length, 1);
    pump.add('a', 'answer', 7, '!');
    assert.equal(posts[1]?.at, 7);
  });
});
