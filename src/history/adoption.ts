import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { ExplanationStore, Logger, NewId } from '../conversation/ports';
import { conversationIdSchema, type KeyValueStore, readValue } from '../storage/checkpoint';
import { type FileSystem, replaceFile, temporarySuffix } from '../storage/fileSystem';
import { isLog, readConversation } from '../storage/readConversation';

/** Conversations of another place that this workspace may take over. */
export interface AdoptionOffer {
  readonly workspace: KnownWorkspace;
  readonly conversationIds: readonly string[];
  /** The folder is not there any more: this one is what became of it. */
  readonly hasMoved: boolean;
}

export interface AdoptionDependencies extends CopyDependencies {
  readonly registry: WorkspaceRegistry;
  /** `workspaceState`. */
  readonly memento: KeyValueStore;
  readonly logger: Logger;
  /** Whether a folder exists. Undefined if that is unknown. */
  readonly exists: (folderUri: string) => Promise<boolean | undefined>;
}

const answerKey = 'cria.adoption';
const answerSchema = v.object({ v: v.literal(1), answered: v.literal(true) });

/** Recognises a workspace that was moved, renamed or cloned again, by what it has in common. */
export class Adoption {
  readonly #deps: AdoptionDependencies;

  constructor(deps: AdoptionDependencies) {
    this.#deps = deps;
  }

  /** What could be taken over into `own`, which has nothing yet; the moved one before a mere copy. */
  async offer(own: KnownWorkspace): Promise<AdoptionOffer | undefined> {
    if (readValue(this.#deps.memento, answerKey, answerSchema)) return undefined;
    const offers: AdoptionOffer[] = [];
    for (const workspace of await this.#deps.registry.like(own)) {
      const conversationIds = await findConversations(this.#deps, workspace.storage);
      if (conversationIds.length === 0) continue;
      const hasMoved = (await this.#deps.exists(workspace.folder)) === false;
      // A folder is in one place only: who is still there is another one.
      if (!hasMoved && isFolderFingerprint(workspace.fingerprint)) continue;
      offers.push({ workspace, conversationIds, hasMoved });
    }
    return offers.find(({ hasMoved }) => hasMoved) ?? offers[0];
  }

  /** Copies what was offered; the other place keeps its own. */
  async accept({ workspace, conversationIds }: AdoptionOffer, own: KnownWorkspace): Promise<void> {
    await copyConversations(this.#deps, conversationIds, workspace.storage, own.storage);
    await this.decline();
  }

  /** It is not offered again in this workspace. */
  async decline(): Promise<void> {
    await this.#deps.memento.update(answerKey, { v: 1, answered: true });
  }
}

export interface CopyDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
}

/** The ids of the conversations in a storage, without deleted and empty ones. */
export async function findConversations(
  { fileSystem, logger }: CopyDependencies,
  storage: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of await fileSystem.names(`${storage}/conversations`)) {
    if (!v.is(conversationIdSchema, id)) continue;
    const directory = `${storage}/conversations/${id}`;
    const { records } = await readConversation(fileSystem, logger, directory);
    if (records.length > 0 && !records.some(({ k }) => k === 'deleted')) ids.push(id);
  }
  return ids;
}

/**
 * Copies conversations from one storage to another, files as they are: the writers' names are unique,
 * and what both have already is the same. Long texts come before the lines that name them.
 */
export async function copyConversations(
  { fileSystem, newId }: CopyDependencies,
  ids: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  for (const id of ids) {
    const source = `${from}/conversations/${id}`;
    const target = `${to}/conversations/${id}`;
    await fileSystem.makeDirectory(target);
    const known = new Set(await fileSystem.names(target));
    const names = (await fileSystem.names(source)).filter(
      (name) => !name.endsWith(temporarySuffix) && !known.has(name),
    );
    for (const name of names.sort((a, b) => Number(isLog(a)) - Number(isLog(b)))) {
      const bytes = await fileSystem.read(`${source}/${name}`);
      if (bytes) await replaceFile(fileSystem, newId, `${target}/${name}`, bytes);
    }
  }
}

/** The URIs of the folder that was, and of the one that took its place. */
export interface MovedFolder {
  readonly from: string;
  readonly to: string;
}

/** Which folder of `own` is which of `other`: those with the same fingerprint, in their order. */
export function matchMovedFolders(
  other: KnownWorkspace,
  own: KnownWorkspace,
): readonly MovedFolder[] {
  const left = [...getFolders(own)];
  return getFolders(other).flatMap(({ uri: from, fingerprint }) => {
    const at = left.findIndex((folder) => folder.fingerprint === fingerprint);
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return found ? [{ from, to: found.uri }] : [];
  });
}

function getFolders({ folder: uri, fingerprint, folders }: KnownWorkspace): Folders {
  return folders ?? [{ uri, fingerprint }];
}
type Folders = NonNullable<KnownWorkspace['folders']>;

/** Copies the explanations of these folders' files to the same files of the others. */
export async function copyExplanations(
  source: ExplanationStore,
  target: ExplanationStore,
  moved: readonly MovedFolder[],
): Promise<void> {
  for (const explanation of await source.all()) {
    const { id, uri } = explanation;
    const folder = moved.find(({ from }) => uri.startsWith(`${from}/`));
    if (!folder) continue;
    target.save({ ...explanation, uri: folder.to + uri.slice(folder.from.length) });
    await target.saveContinuation(id, await source.continuation(id));
  }
  await target.flush();
}

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

/** What of a configuration is read, in UTF-16 code units. The remote is near its beginning. */
const maxConfigLength = 64 * 1024;
const maxAddressLength = 2_048;

/** Host and path of the remote `origin`, the same for each way of naming it. */
export function parseOrigin(config: string): string | undefined {
  let isInSection = false;
  for (const line of config
    .slice(0, maxConfigLength)
    .split('\n')
    .map((each) => each.trim())) {
    if (line.startsWith('[')) isInSection = line === '[remote "origin"]';
    const [name = '', ...rest] = line.split('=');
    if (!isInSection || name.trim() !== 'url') continue;
    const url = rest.join('=').trim();
    return url === '' || /\s/u.test(url) ? undefined : toPlace(url.slice(0, maxAddressLength));
  }
  return undefined;
}

function toPlace(url: string): string {
  const place = url
    .replace(/^[a-z+]+:\/\//iu, '')
    .replace(/^[^/@]*@/u, '')
    // `host:path`, as in ssh. A port is followed by a slash.
    .replace(/^([^/:]+):(?!\d+\/)/u, '$1/')
    .toLowerCase();
  let end = place.length;
  while (place.charAt(end - 1) === '/') end -= 1;
  return place.slice(0, end).replace(/\.git$/u, '');
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
