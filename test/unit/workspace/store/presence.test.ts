import assert from 'node:assert/strict';
import { readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { nodeFileSystem } from '../../../../src/workspace/store/fileSystem';
import { Presence } from '../../../../src/workspace/store/presence';
import { silentLogger, Workspace } from './storeFixture';

describe('presence', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  const presenceOf = (writer: string): Presence =>
    new Presence({
      fileSystem: nodeFileSystem,
      clock: workspace.clock,
      logger: silentLogger,
      directory: workspace.directory,
      writer,
    });
  const fileOf = (writer: string): string => path.join(workspace.directory, 'windows', writer);
  const living = async (presence: Presence): Promise<string[]> => [...(await presence.look())];

  it('sees the windows that announced themselves, and not those that left', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map(presenceOf);
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
    const [one, two] = [presenceOf('one'), presenceOf('two')];
    await two.announce();
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
    await two.leave();
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
});
