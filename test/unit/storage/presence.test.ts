import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nodeFileSystem } from '../../../src/storage/fileSystem';
import { nodeProcess, type OwnProcess, Presence } from '../../../src/storage/presence';
import { silentLogger, Workspace } from './storeFixture';

describe('presence', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  const presenceOf = (writer: string, ownProcess: OwnProcess = nodeProcess): Presence =>
    new Presence({
      newId: randomUUID,
      ownProcess,
      fileSystem: nodeFileSystem,
      clock: workspace.clock,
      logger: silentLogger,
      directory: workspace.directory,
      writer,
    });
  const fileOf = (writer: string): string => path.join(workspace.directory, 'windows', writer);
  const living = async (presence: Presence): Promise<string[]> => [
    ...(await presence.findLivingWindows()).keys(),
  ];

  it('sees the windows that announced themselves, and not those that left', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => presenceOf(name));
    assert.ok(one && two && three);
    await two.announce();
    await three.announce();
    await three.announce();
    assert.deepEqual((await living(one)).sort(), ['three', 'two']);
    await two.leave();
    assert.deepEqual(await living(one), ['three']);
    await three.leave();
    assert.deepEqual(await readdir(path.join(workspace.directory, 'windows')), []);
  });

  it('takes a window for gone only after it was watched for 15 s without a sign', async () => {
    const one = presenceOf('one');
    await mkdir(path.dirname(fileOf('two')), { recursive: true });
    await writeFile(fileOf('two'), '');
    // However old the file is when it is first seen: our clock may be wrong, or we slept.
    await utimes(fileOf('two'), 1, 1);
    assert.deepEqual(await living(one), ['two']);
    workspace.clock.advance(14_000);
    await utimes(fileOf('two'), 2, 2);
    assert.deepEqual(await living(one), ['two']);
    workspace.clock.advance(14_999);
    await utimes(fileOf('two'), 2, 2);
    assert.deepEqual(await living(one), ['two']);
    workspace.clock.advance(1);
    assert.deepEqual(await living(one), []);
  });

  it('shows itself again after it was taken for gone', async () => {
    const [one, two] = [presenceOf('one'), presenceOf('two')];
    await two.announce();
    await rm(fileOf('two'));
    workspace.clock.advance(5_000);
    // `leave` waits for the beat that is under way; a second announcement does not hurry it.
    while ((await living(one)).length === 0) await new Promise((next) => setImmediate(next));
    assert.deepEqual(await living(one), ['two']);
    await two.leave();
  });

  it('knows at once that a window is gone whose process on this machine is', async () => {
    const running = new Set([1, 2]);
    const processOf = (pid: number, host = 'here'): OwnProcess => ({
      pid,
      host,
      isRunning: (other) => running.has(other),
    });
    const one = presenceOf('one', processOf(1));
    const two = presenceOf('two', processOf(2));
    const far = presenceOf('far', processOf(3, 'elsewhere'));
    await two.announce();
    await far.announce();
    assert.deepEqual((await living(one)).sort(), ['far', 'two']);
    running.delete(2);
    assert.deepEqual(await living(one), ['far'], 'of another machine nothing can be said');
    await Promise.all([two.leave(), far.leave()]);
  });

  it('says what each window shows, and forgets what a crash left half written', async () => {
    const [one, two] = [presenceOf('one'), presenceOf('two')];
    await two.setShownConversation('c1');
    await writeFile(`${fileOf('three')}.x.tmp`, '{');
    assert.deepEqual([...(await one.findLivingWindows())], [['two', 'c1']]);
    await two.setShownConversation(null);
    assert.deepEqual([...(await one.findLivingWindows())], [['two', null]]);
    await two.leave();
    workspace.clock.advance(15_000);
    await one.findLivingWindows();
    assert.deepEqual(await readdir(path.join(workspace.directory, 'windows')), []);
  });

  it('beats faster while something waits for it, and reports the other windows at each beat', async () => {
    const [one, two] = [presenceOf('one'), presenceOf('two')];
    const heard: string[][] = [];
    one.onBeat((others) => heard.push([...others.keys()]));
    await one.announce();
    await two.announce();
    one.setFastBeat(true);
    await until(() => heard.length === 1);
    workspace.clock.advance(1_000);
    await until(() => heard.length === 2);
    assert.deepEqual(heard, [['two'], ['two']]);
    await Promise.all([one.leave(), two.leave()]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setImmediate(next));
}
