import assert from 'node:assert/strict';
import { ModelSpeeds } from '../../../src/conversation/modelSpeeds';
import { Domain, ended, reply } from './domainFixture';

describe('the speeds of models', () => {
  it('limit the reading of a prompt by what was read, not by what was cached', () => {
    const speeds = new ModelSpeeds();
    const unknown = speeds.getReadingLimitMs('m', 1_000);
    speeds.record('m', { promptEvalCount: 1_000, promptEvalDurationNs: 5e9 });
    assert.equal(speeds.getReadingLimitMs('m', 1_000), 2_000 + 10_000);
    assert.ok(speeds.getReadingLimitMs('m', 1_000) < unknown);
    // All but 100 were cached.
    speeds.record('m', { promptEvalCount: 2_000, cachedTokens: 1_900, promptEvalDurationNs: 1e9 });
    assert.equal(speeds.getReadingLimitMs('m', 1_000), 2_000 + 20_000);
    // From the cache, though the server does not say so.
    speeds.record('m', { promptEvalCount: 3_600, promptEvalDurationNs: 400e6 });
    speeds.record('m', { promptEvalCount: 3_600, promptEvalDurationNs: 40e6 });
    assert.equal(speeds.getReadingLimitMs('m', 1_000), 2_000 + 20_000);
    assert.equal(speeds.getReadingLimitMs('other', 1_000), unknown);
  });

  it('keep the time of real loads only', () => {
    const speeds = new ModelSpeeds();
    speeds.record('m', { loadDurationNs: 4e9 });
    speeds.record('m', { loadDurationNs: 6e6 });
    assert.equal(speeds.getLoadMs('m'), 4_000);
  });

  it('tell the page when a prompt should have been read', async () => {
    const domain = new Domain();
    const session = domain.session();
    domain.model.answerWith(
      reply(['Yes.'], { metrics: { promptEvalCount: 20, promptEvalDurationNs: 0.3e9 } }),
    );
    const limits: (number | undefined)[] = [];
    session.on((event) => {
      if (event.type === 'activity' && event.activity.state === 'prompting') {
        limits.push(event.activity.readingLimitMs);
      }
    });
    for (const message of ['Short?', 'Short?']) {
      const over = ended(session);
      session.send(message);
      await over;
    }
    const [first = 0, second = 0] = limits;
    assert.ok(first > 2_000 && second > 2_000);
    assert.ok(second < first, 'the second one knows the speed');
  });
});
