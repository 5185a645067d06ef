import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What is made or installed, and not written: `.gitignore` names it, too. */
const made: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', '.cache', 'artifacts']);

/** The files of the repository in `root`, as they are on the disk; sorted, relative to it, with `/`. */
export async function repoFiles(root: string): Promise<string[]> {
  const inRoot = await readdir(root, { withFileTypes: true });
  const files = inRoot.filter((entry) => entry.isFile() && !entry.name.endsWith('.vsix'));
  const folders = inRoot.filter((entry) => entry.isDirectory() && !made.has(entry.name));
  const below = await Promise.all(folders.map(({ name }) => filesBelow(root, name)));
  return [...files.map(({ name }) => name), ...below.flat()].sort();
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const whole = path.join(root, folder);
  const entries = await readdir(whole, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(path.relative(root, entry.parentPath), entry.name))
    .map((file) => file.replaceAll('\\', '/'));
}

/** A name for these files as they are: another one as soon as a path or a byte is another. */
export async function nameOfContent(root: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(path.join(root, file));
    hash.update(`${file}\n${String(content.length)}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
