import { createHash } from 'node:crypto';

/** A folder of the workspace, wherever it is. */
export interface FingerprintedFolder {
  /** With `/` between its names. */
  readonly path: string;
  /** `.git/config` of the folder so many levels above; undefined when there is none. */
  gitConfig(levelsUp: number): Promise<string | undefined>;
}

/** No repository is looked for further up. */
const mostLevels = 12;

/**
 * What a clone of the same repository, opened at the same folder of it, has in common with this one:
 * a hash, because an address can hold a password. Undefined for a folder without a remote repository.
 */
export async function fingerprintOf(folder: FingerprintedFolder): Promise<string | undefined> {
  const names = folder.path.split('/').filter((name) => name !== '');
  for (let up = 0; up <= Math.min(names.length, mostLevels); up++) {
    const config = await folder.gitConfig(up);
    if (config === undefined) continue;
    const origin = originOf(config);
    if (origin === undefined) return undefined;
    const within = names.slice(names.length - up).join('/');
    return createHash('sha256').update(`${origin}#${within}`).digest('hex').slice(0, 32);
  }
  return undefined;
}

/** Several folders in one workspace are known by all of them together. */
export async function fingerprintOfAll(
  folders: readonly FingerprintedFolder[],
): Promise<string | undefined> {
  const prints = await Promise.all(folders.map(fingerprintOf));
  const known = prints.filter((print) => print !== undefined);
  return known.length === 0 || known.length < prints.length ? undefined : known.sort().join();
}

/** Host and path of the remote `origin`, the same for each way of naming it. */
export function originOf(config: string): string | undefined {
  const section = /^\s*\[remote "origin"\]\s*$([^[]*)/mu.exec(config)?.[1] ?? '';
  const url = /^\s*url\s*=\s*(\S+)\s*$/mu.exec(section)?.[1];
  if (url === undefined) return undefined;
  const place = url
    .replace(/^[a-z+]+:\/\//iu, '')
    .replace(/^[^/@]*@/u, '')
    // `host:path`, as ssh has it; a port is followed by a slash.
    .replace(/^([^/:]+):(?!\d+\/)/u, '$1/');
  return place.replace(/(?:\.git)?\/*$/u, '').toLowerCase();
}
