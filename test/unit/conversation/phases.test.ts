import assert from 'node:assert/strict';
import { Domain, say } from './domainFixture';

describe('what an answer is doing', () => {
  it('is no longer stalled when the server says that it is alive, whatever came before', async () => {
    const domain = new Domain();
    const states: string[] = [];
    const stalled = { type: 'phase', phase: 'stalled' } as const;
    const resumed = { type: 'phase', phase: 'resumed' } as const;
    domain.model.answerWith(async function* () {
      yield* await Promise.resolve([stalled, resumed]);
      yield { type: 'delta', thinking: 'Hm', answer: '' };
      yield* [stalled, resumed];
      yield { type: 'delta', thinking: '', answer: 'Yes' };
      yield* [stalled, resumed];
      yield { type: 'end', end: { kind: 'done', reason: 'stop', metrics: {} } };
    });
    const session = domain.session();
    session.on((event) => {
      if (event.type !== 'activity') return;
      states.push(`${event.activity.state}${event.isWithText ? ' with text' : ''}`);
    });
    await say(session, 'Hi');
    assert.deepEqual(states, [
      ...['stalled', 'prompting', 'thinking with text'],
      ...['stalled', 'thinking', 'answering with text'],
      ...['stalled', 'answering'],
    ]);
  });

  it('begins again with each wait for a busy server', async () => {
    const domain = new Domain();
    const waits: (readonly [number | undefined, number])[] = [];
    domain.model.answerWith(async function* () {
      yield* await Promise.resolve([{ type: 'phase', phase: 'queued', retryMs: 500 } as const]);
      domain.clock.advance(500);
      yield { type: 'phase', phase: 'queued', retryMs: 30_000 };
      yield { type: 'end', end: { kind: 'done', reason: 'stop', metrics: {} } };
    });
    const session = domain.session();
    session.on((event) => {
      if (event.type !== 'activity') return;
      waits.push([event.activity.retryMs, event.activity.elapsedMs]);
    });
    await say(session, 'Hi');
    assert.deepEqual(waits, [
      [500, 0],
      [30_000, 0],
    ]);
  });
});
