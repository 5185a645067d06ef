import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startDeferred } from '../../../src/activation/deferredStartup';
import { eventually, ManualClock } from '../../support/clock';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';

describe('a window in which Cria is not used', () => {
  let storage: TemporaryFolder;
  let clock: ManualClock;
  let woken: number;

  beforeEach(async () => {
    storage = await temporaryFolder('unasked');
    clock = new ManualClock();
    woken = 0;
  });
  afterEach(() => storage.remove());

  const start = (holdsPassword = false): { dispose(): void } =>
    startDeferred({
      ...{ directory: storage.path, holdsPassword, clock },
      wake: () => {
        woken++;
      },
    });

  async function keep(folder: string): Promise<void> {
    await mkdir(path.join(storage.path, folder));
    await writeFile(path.join(storage.path, folder, 'one'), '');
  }

  it('moves a password out of the settings at once', () => {
    start(true);
    assert.equal(woken, 1);
  });

  it('has the explanations that were left in its code', async () => {
    await keep('explain');
    start();
    await eventually(() => assert.equal(woken, 1));
  });

  it('tidies conversations that are there, once the start is over', async () => {
    await keep('conversations');
    await mkdir(path.join(storage.path, 'explain'));
    start();
    clock.advance(9_999);
    assert.equal(woken, 0);
    clock.advance(1);
    await eventually(() => assert.equal(woken, 1));
  });

  it('has nothing to do after its end', () => {
    start().dispose();
    assert.equal(clock.waiting, 0);
  });
});
