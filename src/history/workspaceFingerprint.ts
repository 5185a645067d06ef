import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { NewId } from '../conversation/ports';
import { type FileSystem, replaceFile } from '../storage/fileSystem';

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
const maxLevels = 12;

/**
 * What a clone of the same repository, opened at the same folder of it, has in common with this one; or,
 * without a remote repository, what this folder will have in common with itself after a move: the moment
 * it was made. A hash, because an address can hold a password.
 */
export async function getFingerprint(folder: FingerprintedFolder): Promise<string | undefined> {
  const place = await getRepositoryPath(folder);
  if (place !== undefined) return hash(place);
  const madeAt = await folder.madeAt();
  return madeAt === undefined ? undefined : `${folderMark}${hash(String(madeAt))}`;
}

/** Whether a fingerprint identifies the folder itself, so that another folder with it is the moved one. */
export function isFolderFingerprint(fingerprint: string): boolean {
  return fingerprint.includes(folderMark);
}

const folderMark = 'folder-';

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The repository's address, and the folder within it. */
async function getRepositoryPath(folder: FingerprintedFolder): Promise<string | undefined> {
  const names = folder.path.split('/').filter((name) => name !== '');
  for (let up = 0; up <= Math.min(names.length, maxLevels); up++) {
    const config = await folder.gitConfig(up);
    if (config === undefined) continue;
    const origin = parseOrigin(config);
    if (origin === undefined) return undefined;
    return `${origin}#${names.slice(names.length - up).join('/')}`;
  }
  return undefined;
}

/** One for each folder of a workspace; undefined when one of them is not recognised. */
export async function getFingerprints(
  folders: readonly FingerprintedFolder[],
): Promise<readonly string[] | undefined> {
  const prints = await Promise.all(folders.map(getFingerprint));
  const known = prints.filter((print) => print !== undefined);
  return known.length === 0 || known.length < prints.length ? undefined : known;
}

/** Several folders in one workspace are known by all of them together, in whatever order. */
export function joinFingerprints(fingerprints: readonly string[]): string {
  return fingerprints.toSorted().join();
}

/** Host and path of the remote `origin`, the same for each way of naming it. */
export function parseOrigin(config: string): string | undefined {
  const section = /^\s*\[remote "origin"\]\s*$([^[]*)/mu.exec(config)?.[1] ?? '';
  const url = /^\s*url\s*=\s*(\S+)\s*$/mu.exec(section)?.[1];
  if (url === undefined) return undefined;
  const place = url
    .replace(/^[a-z+]+:\/\//iu, '')
    .replace(/^[^/@]*@/u, '')
    // `host:path`, as in ssh. A port is followed by a slash.
    .replace(/^([^/:]+):(?!\d+\/)/u, '$1/');
  return place.replace(/(?:\.git)?\/*$/u, '').toLowerCase();
}

const workspaceSchema = v.object({
  v: v.literal(1),
  /** Where its conversations are. */
  storage: v.string(),
  /** The URI of its first folder. */
  folder: v.string(),
  /** Of all its folders together. */
  fingerprint: v.string(),
  /** Each of its folders; files of before have none. */
  folders: v.optional(v.array(v.object({ uri: v.string(), fingerprint: v.string() }))),
});
export type KnownWorkspace = Omit<v.InferOutput<typeof workspaceSchema>, 'v'>;

const fileSchema = v.pipe(v.string(), v.parseJson(), workspaceSchema);

export interface WorkspaceRegistryDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  /** The same for all workspaces of this machine. */
  readonly directory: string;
}

/**
 * All workspaces that Cria was used in. Each has its own file, replaced as a whole: windows that
 * start together cannot harm each other's.
 */
export class WorkspaceRegistry {
  readonly #deps: WorkspaceRegistryDependencies;

  constructor(deps: WorkspaceRegistryDependencies) {
    this.#deps = deps;
  }

  async remember(workspace: KnownWorkspace): Promise<void> {
    const { fileSystem, newId, directory } = this.#deps;
    const name = createHash('sha256').update(workspace.storage).digest('hex').slice(0, 32);
    const file = `${directory}/${name}.json`;
    const text = JSON.stringify({ v: 1, ...workspace });
    if ((await this.#text(file)) === text) return;
    await fileSystem.makeDirectory(directory);
    await replaceFile(fileSystem, newId, file, Buffer.from(text));
  }

  /** The other workspaces with this fingerprint. What cannot be read is left where it is. */
  async like({ fingerprint, storage }: KnownWorkspace): Promise<readonly KnownWorkspace[]> {
    const { fileSystem, directory } = this.#deps;
    const found: KnownWorkspace[] = [];
    for (const name of await fileSystem.names(directory)) {
      if (!name.endsWith('.json')) continue;
      const parsed = v.safeParse(fileSchema, await this.#text(`${directory}/${name}`));
      if (!parsed.success || parsed.output.fingerprint !== fingerprint) continue;
      if (parsed.output.storage !== storage) found.push(parsed.output);
    }
    return found;
  }

  async #text(file: string): Promise<string | undefined> {
    const bytes = await this.#deps.fileSystem.read(file);
    return bytes && Buffer.from(bytes).toString();
  }
}
