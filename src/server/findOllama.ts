import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The places where Ollama's program can be, likeliest first: the folders of the PATH, then those of its
 * installers. Folders of the PATH that are not absolute are left out: they would be looked for in the
 * workspace.
 */
export function ollamaPlaces({ platform, env, home }: Surroundings): readonly string[] {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const join = (...parts: readonly string[]): string => paths.join(...parts);
  const name = platform === 'win32' ? 'ollama.exe' : 'ollama';
  const onPath = (env['PATH'] ?? env['Path'] ?? '')
    .split(paths.delimiter)
    .map((folder) => folder.replaceAll('"', ''))
    .filter((folder) => paths.isAbsolute(folder))
    .map((folder) => join(folder, name));
  const installed: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    win32: [
      join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Programs', 'Ollama', name),
      join(env['ProgramFiles'] ?? 'C:\\Program Files', 'Ollama', name),
    ],
    darwin: [
      '/Applications/Ollama.app/Contents/Resources/ollama',
      join(home, 'Applications/Ollama.app/Contents/Resources/ollama'),
      '/opt/homebrew/bin/ollama',
      '/usr/local/bin/ollama',
    ],
    linux: [
      '/usr/local/bin/ollama',
      '/usr/bin/ollama',
      '/snap/bin/ollama',
      join(home, '.local/bin/ollama'),
    ],
  };
  return [...new Set([...onPath, ...(installed[platform] ?? [])])];
}

/** The first of the places that has a program which may be run; undefined: Ollama is not installed. */
export async function findOllama(surroundings: Surroundings): Promise<string | undefined> {
  for (const place of ollamaPlaces(surroundings)) {
    if (await mayRun(place)) return place;
  }
  return undefined;
}

async function mayRun(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // It is not there, or not for us: the next place is tried.
    return false;
  }
}
