import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of this repository, found upwards from the bundle that is running. */
export const repositoryRoot = findRoot(import.meta.dirname);

/** Where a run leaves what a person may want to look at: screenshots, logs. Not under version control. */
export const artifactsFolder = path.join(repositoryRoot, 'artifacts');

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'package-lock.json'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error('Run this from inside the repository.');
  return findRoot(parent);
}
