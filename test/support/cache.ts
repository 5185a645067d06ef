import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withFileLock } from './fileLock';

/**
 * The folder, one per person, for what tests download: `CRIA_CACHE`, else `$XDG_CACHE_HOME/cria-dev`,
 * else the platform's own place. It may be deleted at any time.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['CRIA_CACHE']) return path.resolve(env['CRIA_CACHE']);
  return path.join(platformCache(env), 'cria-dev');
}

function platformCache(env: NodeJS.ProcessEnv): string {
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME'];
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') {
    return env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local');
  }
  return path.join(os.homedir(), '.cache');
}

const unfinishedMark = '.unfinished-';

/**
 * The folder `<cache>/<name>`, filled once by `fill`. It appears whole or not at all: `fill` works in
 * a temporary neighbour that is renamed at the end, so an interrupted download leaves nothing that
 * looks finished. Other processes that want the same wait for the first.
 */
export async function cached(
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const root = cacheFolder();
  const target = path.join(root, name);
  if (existsSync(target)) return target;
  await mkdir(path.dirname(target), { recursive: true });
  return withFileLock(`${target}.lock`, async () => {
    if (existsSync(target)) return target;
    await removeUnfinished(target);
    const unfinished = await mkdtemp(`${target}${unfinishedMark}`);
    try {
      await fill(unfinished);
      await rename(unfinished, target);
    } catch (error) {
      // Someone who took our lock for a dead one may have finished first: theirs is as good.
      if (!existsSync(target)) throw error;
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return target;
  });
}

/** What an interrupted run left behind. */
async function removeUnfinished(target: string): Promise<void> {
  const folder = path.dirname(target);
  const prefix = path.basename(target) + unfinishedMark;
  const left = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  for (const name of left) await rm(path.join(folder, name), { recursive: true, force: true });
}
