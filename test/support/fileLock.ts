import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const TOUCH_EVERY_MS = 2_000;
const STALE_AFTER_MS = 15_000;
const LOOK_EVERY_MS = 200;

/**
 * Runs `work` while no other process holds the lock at `file`. The lock is a folder, because creating
 * one is atomic on every file system. Its holder touches it; an untouched lock was left by a crash
 * and is taken away.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(file))) await delay(LOOK_EVERY_MS);
  const touching = setInterval(() => {
    const now = new Date();
    // A lock that someone took away while we slept cannot be touched; the rename that ends our work is atomic anyway.
    utimes(file, now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await rm(file, { recursive: true, force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await mkdir(file);
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  if (await isStale(file)) await rm(file, { recursive: true, force: true });
  return false;
}

async function isStale(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > STALE_AFTER_MS;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
