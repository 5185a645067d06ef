import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { estimate, type Factors, learn, promptWeight } from '../../../src/conversation/calibration';
import { inRepo } from '../../support/folders';
import { FakeServer, shape, words } from './contextServer';
import { Domain, say, settled } from './domainFixture';

interface Counted {
  readonly texts: Readonly<
    Record<string, readonly { readonly text: string; readonly tokens: number }[]>
  >;
}

const { texts } = JSON.parse(
  readFileSync(inRepo('test', 'unit', 'conversation', 'tokenCounts.json'), 'utf8'),
) as Counted;

/** Of each message in turn, in percent: the estimate before it is sent, which learns from each count after that. */
function measureErrors(messages: Counted['texts'][string]): readonly number[] {
  let factors: Factors = {};
  return messages.map(({ text, tokens }) => {
    const weight = promptWeight([{ role: 'user', content: text }]);
    const error = estimate(factors, weight).tokens / tokens - 1;
    factors = learn(factors, weight, tokens);
    // Adding 0 makes 0 of -0.
    return Math.round(100 * error) + 0;
  });
}

const sizes = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000];
const memories = [8e9, 16e9, 32e9];
const exchanges = 8;

/** The step at the end, the reloads on the way, and how many of the 15 messages the last request had. */
async function converse(size: number, serverDefault: number, memory: number): Promise<string> {
  const domain = new Domain();
  domain.memoryBytes = memory;
  const part = Math.floor(size / exchanges / 2);
  const context = { ...shape, maximum: 131_072, isLoaded: false };
  const server = new FakeServer(domain, { serverDefault, answer: () => words(part), context });
  const session = domain.session();
  for (let at = 0; at < exchanges; at += 1) {
    await say(session, `${at} ${words(part)}`);
    await settled();
  }
  const step = domain.model.prompts.at(-1)?.profile.contextLength;
  const sent = domain.model.lastMessages.length;
  return `${step === undefined ? '-' : `${step / 1024}k`} ${server.loads.length - 1} ${sent}`;
}

describe('the context that is chosen', () => {
  it('is, by size of the conversation, server default, and memory of 8, 16 and 32 GB, as in this table', async () => {
    const rows: string[] = [];
    for (const size of sizes) {
      for (const serverDefault of [4096, 8192]) {
        const cells: string[] = [];
        for (const memory of memories) cells.push(await converse(size, serverDefault, memory));
        rows.push([size, serverDefault, ...cells].join(' | '));
      }
    }
    assert.deepEqual(rows, [
      '1000 | 4096 | - 0 15 | - 0 15 | - 0 15',
      '1000 | 8192 | - 0 15 | - 0 15 | - 0 15',
      '2000 | 4096 | - 0 15 | - 0 15 | - 0 15',
      '2000 | 8192 | - 0 15 | - 0 15 | - 0 15',
      '4000 | 4096 | - 0 9 | 8k 1 15 | 8k 1 15',
      '4000 | 8192 | - 0 15 | - 0 15 | - 0 15',
      '8000 | 4096 | - 0 3 | 16k 2 15 | 16k 2 15',
      '8000 | 8192 | - 0 7 | 16k 1 15 | 16k 1 15',
      '16000 | 4096 | - 0 3 | 16k 2 15 | 16k 2 15',
      '16000 | 8192 | - 0 3 | 16k 1 15 | 16k 1 15',
      '30000 | 4096 | - 0 1 | 32k 3 15 | 32k 3 15',
      '30000 | 8192 | - 0 3 | 32k 2 15 | 32k 2 15',
      '60000 | 4096 | - 0 1 | 32k 2 7 | 64k 3 15',
      '60000 | 8192 | - 0 1 | 32k 2 7 | 64k 3 15',
    ]);
  });
});

describe('the estimate of tokens', () => {
  it('is at most 10 % from the counts of a real model after three messages, in every kind of text', () => {
    const rows = Object.entries(texts).map(([kind, messages]) => [
      kind,
      ...measureErrors(messages),
    ]);
    assert.deepEqual(rows, [
      ['English', -11, -4, 4, -4, 2],
      ['German', -22, -2, 8, -2, 6],
      ['Chinese', -37, 0, -2, -2, -1],
      ['TypeScript', -13, 7, -3, 1, -1],
      ['JSON', 0, 0, 2, -4, -7],
      ['minified JavaScript', -9, -10, -4, 0, 1],
    ]);
    for (const [kind, messages] of Object.entries(texts)) {
      for (const error of measureErrors(messages).slice(3)) assert.ok(Math.abs(error) <= 10, kind);
    }
  });
});
