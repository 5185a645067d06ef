import assert from 'node:assert/strict';
import { retryWhileLocked } from '../../../src/storage/fileSystem';
import { ManualClock } from '../../support/clock';
import { FaultyFileSystem } from './faultyFileSystem';
import { say, textsOf, Workspace } from './storeFixture';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

describe('a file that a virus scanner has open', () => {
  /** Runs a rename that fails with `code` for the first `lockedMs`. */
  async function rename(code: string, lockedMs: number) {
    const clock = new ManualClock();
    const startMs = clock.monotonicMs();
    let attempts = 0;
    const work = retryWhileLocked(() => {
      attempts += 1;
      const isLocked = clock.monotonicMs() - startMs < lockedMs;
      return isLocked ? Promise.reject(systemError(code)) : Promise.resolve('renamed');
    }, clock);
    const progress = { isDone: false };
    const outcome = work.then(String, String).finally(() => {
      progress.isDone = true;
    });
    while (!progress.isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10);
    }
    return { outcome: await outcome, attempts, elapsedMs: clock.monotonicMs() - startMs };
  }

  for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
    it(`is renamed after 2 s of ${code}, with few attempts`, async () => {
      const { outcome, attempts } = await rename(code, 2_000);
      assert.equal(outcome, 'renamed');
      assert.ok(attempts >= 5 && attempts <= 20, `${attempts} attempts`);
    });
  }

  it('fails after 5 s', async () => {
    const { outcome, elapsedMs } = await rename('EPERM', Infinity);
    assert.match(outcome, /EPERM/u);
    assert.ok(elapsedMs >= 5_000 && elapsedMs < 6_000, `${elapsedMs} ms`);
  });

  it('fails at once with any other error', async () => {
    const { outcome, attempts } = await rename('ENOSPC', 2_000);
    assert.match(outcome, /ENOSPC/u);
    assert.equal(attempts, 1);
  });

  it('is replaced by the next attempt when a log cannot be created, without spinning', async () => {
    const workspace = await Workspace.create();
    let attempts = 0;
    const times: number[] = [];
    const locked = new FaultyFileSystem((_, name) => {
      if (name !== 'create') return undefined;
      attempts += 1;
      times.push(workspace.clock.monotonicMs());
      return attempts <= 2 ? { kind: 'before', code: 'EBUSY' } : undefined;
    });
    const store = workspace.window(locked);
    await workspace.passTime(store.append('c1', say('u1', null, 'a question')));
    const [first = 0, second = 0, third = 0] = times;
    assert.ok(second - first >= 100 && third - second >= 100, String(times));
    assert.deepEqual(textsOf(await workspace.window().open('c1')), ['a question']);
    await workspace.remove();
  });
});
