import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, cacheFolder } from '../../support/cache';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporaryFolder';

describe('the cache of downloads', () => {
  const before = process.env['CRIA_CACHE'];
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await temporaryFolder('cache');
    process.env['CRIA_CACHE'] = folder.path;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['CRIA_CACHE'];
    else process.env['CRIA_CACHE'] = before;
    await folder.remove();
  });

  const write =
    (text: string) =>
    (to: string): Promise<void> =>
      writeFile(path.join(to, 'file'), text);

  it('is where CRIA_CACHE says, else below XDG_CACHE_HOME', () => {
    assert.equal(cacheFolder({ CRIA_CACHE: '/a/b', XDG_CACHE_HOME: '/x' }), path.resolve('/a/b'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/x' }), path.join('/x', 'cria-dev'));
  });

  it('is filled once', async () => {
    const first = await cached('npm/thing-1', write('one'));
    const second = await cached('npm/thing-1', write('two'));
    assert.equal(second, first);
    assert.equal(await readFile(path.join(first, 'file'), 'utf8'), 'one');
  });

  it('is filled by one of two that want the same at the same time', async () => {
    let fills = 0;
    const fill = async (to: string): Promise<void> => {
      fills += 1;
      await write('one')(to);
    };
    await Promise.all([cached('thing', fill), cached('thing', fill)]);
    assert.equal(fills, 1);
  });

  it('keeps nothing of a download that failed, and tries again', async () => {
    const fail = async (to: string): Promise<void> => {
      await write('half')(to);
      throw new Error('cut off');
    };
    await assert.rejects(cached('thing', fail), /cut off/u);
    assert.deepEqual(await readdir(folder.path), []);
    assert.ok(existsSync(path.join(await cached('thing', write('whole')), 'file')));
  });

  it('takes over from a run that was killed, and clears away what it left', async () => {
    const lock = path.join(folder.path, 'thing.lock');
    const longAgo = new Date(Date.now() - 3_600_000);
    await mkdir(lock);
    await mkdir(path.join(folder.path, 'thing.unfinished-abc'));
    await utimes(lock, longAgo, longAgo);
    await cached('thing', write('whole'));
    assert.deepEqual(await readdir(folder.path), ['thing']);
  });
});
