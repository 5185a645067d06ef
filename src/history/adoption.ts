import * as v from 'valibot';
import type { ExplanationStore, Logger, NewId } from '../conversation/ports';
import { conversationIdSchema } from '../storage/checkpoint';
import { type KeyValueStore, readValue } from '../storage/keyValueStore';
import { type FileSystem, replaceFile, temporarySuffix } from '../storage/fileSystem';
import { isLog, readConversation } from '../storage/readConversation';
import {
  isFolderFingerprint,
  type KnownWorkspace,
  type WorkspaceRegistry,
} from './workspaceFingerprint';

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
