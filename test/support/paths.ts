import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

let found: string | undefined;

/**
 * The folder of this repository. `CRIA_ROOT` names it where the tests run in a process that was
 * started elsewhere (the VS Code extension host); otherwise it is looked for upwards from the working
 * directory and from the program that runs.
 */
export function repoRoot(): string {
  found ??= [process.env['CRIA_ROOT'], process.cwd(), process.argv[1]]
    .filter((start) => start !== undefined)
    .map(searchUpwards)
    .find((folder) => folder !== undefined);
  if (found === undefined) {
    throw new Error('The repository was not found: set CRIA_ROOT to its folder.');
  }
  return found;
}

/** The file or folder `segments` below the repository's root. */
export function inRepo(...segments: readonly string[]): string {
  return path.join(repoRoot(), ...segments);
}

function searchUpwards(start: string): string | undefined {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (isRoot(folder)) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}

function isRoot(folder: string): boolean {
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) return false;
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return (
    typeof content === 'object' && content !== null && 'name' in content && content.name === 'cria'
  );
}
