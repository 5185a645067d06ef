import assert from 'node:assert/strict';
import { bytes, clock, count, rate, seconds } from '../../../src/webview/formatFigures';
import {
  describeActivity,
  listFigures,
  getFigures,
  getLoadingProgress,
} from '../../../src/webview/turn/answerFooter';
import { activity, assistant, metrics } from '../../support/page/states';

describe('Numbers', () => {
  it('are durations with as many digits as matter', () => {
    const all = [0, 40, 312, 999, 4200, 9960, 10_400, 59_999, 60_000, 125_000];
    assert.deepEqual(all.map(seconds), [
      ...['0 s', '40 ms', '0.3 s', '1 s', '4.2 s', '10 s', '10 s', '59 s', '1 min', '2 min 5 s'],
    ]);
    assert.deepEqual([0, 15_000, 61_500, 3_600_000].map(clock), ['0:00', '0:15', '1:01', '60:00']);
  });

  it('are sizes and counts', () => {
    assert.deepEqual([5.2e9, 12.84e9, 398e6, 12_345].map(bytes), [
      '5.2 GB',
      '12.8 GB',
      '398 MB',
      '12 kB',
    ]);
    assert.equal(count(8192), '8,192');
  });

  it('are speeds, where both parts are known', () => {
    assert.equal(rate(212, 5.17e9), '41');
    assert.equal(rate(21, 5e9), '4.2');
    assert.equal(rate(undefined, 5e9), undefined);
    assert.equal(rate(5, 0), undefined);
  });
});

describe('What an answer is doing', () => {
  it('counts the seconds once a wait is long', () => {
    const wait = activity('prompting');
    assert.equal(describeActivity(wait, 1900, false), 'Reading prompt…');
    assert.equal(describeActivity(wait, 2900, false), 'Reading prompt… 2 s');
  });

  it('is loading, with what is known of it', () => {
    assert.equal(describeActivity(activity('loading'), 3000, false), 'Loading model… 3 s');
    const known = activity('loading', { sizeBytes: 5.2e9, lastLoadMs: 22_000 });
    assert.equal(describeActivity(known, 14_000, false), 'Loading model (5.2 GB)… 14 s, last 22 s');
    assert.equal(getLoadingProgress(known, 11_000), 0.5);
    assert.equal(getLoadingProgress(known, 30_000), 1);
    assert.equal(getLoadingProgress(activity('loading'), 30_000), undefined);
  });

  it('is silent, counted from the last text', () => {
    const stalled = activity('stalled', { probe: 'dead' });
    const line = 'No response for 0:20; the server is not responding';
    assert.equal(describeActivity(stalled, 5000, true), line);
    assert.equal(describeActivity(activity('stalled'), 5000, false), 'No response for 0:05');
  });

  it('is waiting when the prompt would have been read long ago', () => {
    const reading = activity('prompting', { readingLimitMs: 3_000 });
    assert.equal(describeActivity(reading, 2_900, false), 'Reading prompt… 2 s');
    assert.equal(describeActivity(reading, 9_000, false), 'Waiting for the model… 9 s');
  });

  it('is waiting for a busy server, counted down to the next try', () => {
    const busy = activity('queued', { retryMs: 30_000 });
    const words = 'The server is busy. Trying again in';
    assert.equal(describeActivity(busy, 0, false), `${words} 30 s.`);
    assert.equal(describeActivity(busy, 28_500, false), `${words} 2 s.`);
    assert.equal(describeActivity(busy, 31_000, false), 'Trying again…');
    assert.equal(
      describeActivity(activity('queued'), 5_000, false),
      'Waiting for another answer… 5 s',
    );
  });

  it('is nothing to say once text shows it', () => {
    for (const state of ['thinking', 'answering', 'done', 'stopped'] as const) {
      assert.equal(describeActivity(activity(state), 5000, true), undefined);
    }
  });
});

describe('Figures of an answer', () => {
  it('are one line of what is known', () => {
    assert.deepEqual(listFigures(metrics), ['41 tok/s', '212 tokens', 'start 0.3 s']);
    assert.deepEqual(listFigures({ evalCount: 1 }), ['1 token']);
    assert.deepEqual(listFigures({}), []);
  });

  it('are a table of all that is known', () => {
    assert.deepEqual(getFigures(assistant('a', { metrics })), [
      ['Model', 'qwen3:8b'],
      ['Speed', '41 tok/s'],
      ['Answer', '212 tokens'],
      ['First token', '0.3 s'],
      ['Thinking', '4.2 s'],
      ['Model loading', '52 ms'],
      ['Prompt', '2,412 tokens'],
      ['Prompt reading', '0.3 s'],
      ['Context used', '2,624 tokens'],
      ['Total', '6.2 s'],
    ]);
    assert.deepEqual(getFigures(assistant('a')), [['Model', 'qwen3:8b']]);
  });

  it('tell how much of the conversation was left out, which is an estimate', () => {
    const cut = { promptEvalCount: 3_000, tokensLeftOut: 5_200 };
    assert.deepEqual(getFigures(assistant('a', { metrics: cut })).slice(1), [
      ['Prompt', '3,000 tokens'],
      ['Left out of the prompt', 'about 5,200 tokens'],
    ]);
  });

  it('count as prompt speed what was read, not what was cached', () => {
    const again = { promptEvalCount: 1_440, cachedTokens: 1_430, promptEvalDurationNs: 50e6 };
    assert.deepEqual(getFigures(assistant('a', { metrics: again })).slice(1), [
      ['Prompt', '1,440 tokens'],
      ['Prompt from cache', '1,430 tokens'],
      ['Prompt newly read', '10 tokens'],
      ['Prompt reading', '50 ms'],
      ['Prompt speed', '200 tok/s'],
    ]);
    // Ollama counts cached tokens, too, and does not say how many.
    const unknown = { promptEvalCount: 1_440, promptEvalDurationNs: 40_000 };
    assert.equal(
      new Map(getFigures(assistant('a', { metrics: unknown }))).get('Prompt speed'),
      undefined,
    );
  });
});
