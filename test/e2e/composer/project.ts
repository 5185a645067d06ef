import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

/** The text of a file as it is on the disk; undefined: there is none. */
export async function onDisk(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(folder, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the folder a Git repository, with all that is in it as the first commit. */
export async function makeRepository(folder: string): Promise<void> {
  const git = (...args: readonly string[]) => run('git', ['-C', folder, ...author, ...args]);
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'First');
}
