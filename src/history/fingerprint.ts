import { createHash } from 'node:crypto';

/** A folder of the workspace, wherever it is. */
export interface FingerprintedFolder {
  /** With `/` between its names. */
  readonly path: string;
  /** `.git/config` of the folder so many levels above; undefined when there is none. */
  gitConfig(levelsUp: number): Promise<string | undefined>;
  /** When it was made, in milliseconds since 1970; undefined when that is not known. */
  madeAt(): Promise<number | undefined>;
}

/** No repository is looked for further up. */
const mostLevels = 12;

/**
 * What a clone of the same repository, opened at the same folder of it, has in common with this one; or,
 * without a remote repository, what this folder will have in common with itself after a move: the moment
 * it was made. A hash, because an address can hold a password.
 */
export async function fingerprintOf(folder: FingerprintedFolder): Promise<string | undefined> {
  const place = await placeInRepository(folder);
  if (place !== undefined) return hashOf(place);
  const madeAt = await folder.madeAt();
  return madeAt === undefined ? undefined : `${folderMark}${hashOf(String(madeAt))}`;
}

/** Whether a fingerprint is of the very folder, so that whoever else has it is what became of it. */
export function isOfFolder(fingerprint: string): boolean {
  return fingerprint.includes(folderMark);
}

const folderMark = 'folder-';

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The repository's address, and the folder within it. */
async function placeInRepository(folder: FingerprintedFolder): Promise<string | undefined> {
  const names = folder.path.split('/').filter((name) => name !== '');
  for (let up = 0; up <= Math.min(names.length, mostLevels); up++) {
    const config = await folder.gitConfig(up);
    if (config === undefined) continue;
    const origin = originOf(config);
    if (origin === undefined) return undefined;
    return `${origin}#${names.slice(names.length - up).join('/')}`;
  }
  return undefined;
}

/** One for each folder of a workspace; undefined when one of them is not recognised. */
export async function fingerprintsOf(
  folders: readonly FingerprintedFolder[],
): Promise<readonly string[] | undefined> {
  const prints = await Promise.all(folders.map(fingerprintOf));
  const known = prints.filter((print) => print !== undefined);
  return known.length === 0 || known.length < prints.length ? undefined : known;
}

/** Several folders in one workspace are known by all of them together, in whatever order. */
export function togetherKnownBy(fingerprints: readonly string[]): string {
  return fingerprints.toSorted().join();
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
