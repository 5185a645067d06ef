import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EarlierRuns } from '../../support/earlierRuns';
import type { TestCounts } from '../../support/runMocha';
import { runPart, type Outcome } from '../../support/runPart';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporaryFolder';
import type { TestPart } from '../../support/tiers';

const passed: TestCounts = { passed: 3, failures: [], skipped: 1 };
const failed: TestCounts = { passed: 2, failures: ['a test'], skipped: 1 };

describe('a part of npm test', () => {
  let folder: TemporaryFolder;
  let times: number;
  let said: string;

  const write = async (file: string, text: string): Promise<void> => {
    const whole = path.join(folder.path, file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, text);
  };

  interface Wanted extends Partial<TestPart> {
    counts?: TestCounts;
    grep?: string;
    all?: boolean;
  }

  const run = async ({
    counts = passed,
    grep,
    all = false,
    ...part
  }: Wanted = {}): Promise<Outcome> => {
    const count = (): Promise<TestCounts> => {
      times += 1;
      return Promise.resolve(counts);
    };
    const runs = new EarlierRuns(folder.path);
    const print = (text: string): void => void (said += text);
    return runPart(
      { tier: 'unit', name: 'unit/one', run: count, ...part },
      { print, grep, all, runs },
    );
  };

  beforeEach(async () => {
    folder = await temporaryFolder('runs');
    times = 0;
    said = '';
    await write('src/code.ts', 'one');
    await write('test/unit/one/its.test.ts', 'a test');
    await write('test/unit/two.test.ts', 'a test of another part');
  });

  afterEach(() => folder.remove());

  it('runs once as long as nothing changes, and its tests count', async () => {
    assert.deepEqual(await run(), { tier: 'unit', earlier: 0, ...passed });
    assert.deepEqual(await run(), { tier: 'unit', earlier: 3, ...passed });
    assert.equal(times, 1);
    assert.match(said, /unit\/one: 3 passed before, and nothing has changed/u);
  });

  const changes: Record<string, () => Promise<void>> = {
    'the code': () => write('src/code.ts', 'two'),
    'its own test': () => write('test/unit/one/its.test.ts', 'another test'),
    'what the tests share': () => write('test/support/shared.ts', 'new'),
    'the README, which VS Code shows': () => write('README.md', 'new'),
    'a setting of a tool': () => write('esbuild.js', 'new'),
    'the name of a file': () =>
      rename(path.join(folder.path, 'src/code.ts'), path.join(folder.path, 'src/named.ts')),
    'a file that is gone': () => rm(path.join(folder.path, 'src/code.ts')),
  };

  for (const [what, change] of Object.entries(changes)) {
    it(`runs again after a change of ${what}`, async () => {
      await run();
      await change();
      await run();
      assert.equal(times, 2);
    });
  }

  it('does not run again for what it cannot reach', async () => {
    await run();
    await write('test/unit/two.test.ts', 'changed');
    await write('test/e2e/chat.test.ts', 'new');
    await write('CHANGELOG.md', 'new');
    await write('docs/how.md', 'new');
    await write('node_modules/a/index.js', 'built');
    await write('.cache/thing', 'kept');
    await run();
    assert.equal(times, 1);
  });

  it('runs again with another switch', async () => {
    await run();
    process.env['CRIA_SWITCH_OF_A_TEST'] = 'all';
    try {
      await run();
    } finally {
      delete process.env['CRIA_SWITCH_OF_A_TEST'];
    }
    assert.equal(times, 2);
  });

  it('runs each time when it is told so, reaches outside, or runs only some tests', async () => {
    await run();
    await run({ all: true });
    await run({ everyTime: true });
    await run({ grep: 'some' });
    assert.equal(times, 4);
  });

  it('does not take some tests for all of them', async () => {
    await run({ grep: 'some' });
    await run();
    assert.equal(times, 2);
  });

  it('runs again after a failure, and says when it passes without a change', async () => {
    await run({ counts: failed });
    assert.doesNotMatch(said, /flaky/u);
    assert.deepEqual(await run(), { tier: 'unit', earlier: 0, ...passed });
    assert.equal(times, 2);
    assert.match(
      said,
      /unit\/one failed before, with the same code: one of its tests may be flaky/u,
    );
  });

  it('calls no test flaky that was mended', async () => {
    await run({ counts: failed });
    await write('src/code.ts', 'mended');
    await run();
    assert.doesNotMatch(said, /flaky/u);
  });

  it('keeps nothing of a run in which a file was changed', async () => {
    const change = async (): Promise<TestCounts> => {
      times += 1;
      await write('src/code.ts', 'changed meanwhile');
      return passed;
    };
    await run({ run: change });
    await run();
    assert.equal(times, 2);
  });

  it('fails when it cannot run, and says why', async () => {
    const fail = (): Promise<TestCounts> => Promise.reject(new Error('no browser'));
    const outcome = await run({ run: fail });
    assert.equal(outcome.failures.length, 1);
    for (const text of [said, ...outcome.failures]) assert.match(text, /no browser/u);
  });
});
