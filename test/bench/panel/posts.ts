import { DeltaPump } from '../../../src/chat/deltaPump';
import type { Clock } from '../../../src/shared/clock';
import type { Sample } from '../../support/bench';

const seconds = 10;

/** What the host posts for ten seconds of an answer at `rate` tokens a second, to a page that keeps up. */
export function postsAt(rate: number): Sample {
  let now = 0;
  let due: { readonly at: number; readonly run: () => void } | undefined;
  const clock: Clock = {
    wallMs: () => now,
    monotonicMs: () => now,
    after: (ms, run) => {
      due = { at: now + ms, run };
      return () => (due = undefined);
    },
  };
  let [posts, bytes, text, sent] = [0, 0, 0, 0];
  const pump = new DeltaPump((message) => {
    posts++;
    bytes += JSON.stringify(message).length;
    text += message.type === 'delta' ? message.text.length : 0;
    queueAcknowledgement.push(now + 5);
  }, clock);
  const queueAcknowledgement: number[] = [];
  const token = 'word';
  for (; now < seconds * 1000; now++) {
    while ((queueAcknowledgement[0] ?? Infinity) <= now) {
      queueAcknowledgement.shift();
      pump.acknowledge();
    }
    if (due && due.at <= now) {
      const { run } = due;
      due = undefined;
      run();
    }
    for (; sent < (rate * now) / 1000; sent++) {
      pump.add('6f1c0d52-7d1e-4c2b-9f53-0a1b2c3d4e5f', 'answer', sent * token.length, token);
    }
  }
  pump.flush();
  return { posts: posts / seconds, bytes, text, given: sent * token.length, limit: 31 };
}
