import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * The folder of this repository: where every tool is started. In the extension host of VS Code, which is
 * started elsewhere, `CRIA_ROOT` names it.
 */
export function repoRoot(): string {
  return process.env['CRIA_ROOT'] ?? process.cwd();
}

/** The file or folder `segments` below the root of the repository. */
export function inRepo(...segments: readonly string[]): string {
  return path.join(repoRoot(), ...segments);
}

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new empty folder for one run. The path is the real one, as VS Code reports it. */
export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), `cria-${purpose}-`)));
  return {
    path: folder,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
