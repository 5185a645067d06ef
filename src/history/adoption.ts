import * as v from 'valibot';
import type { Logger } from '../conversation/ports';
import type { KeyValueStore } from '../storage/checkpointKeeper';
import { conversationsIn, copyConversations, type CopyDependencies } from './copyConversations';
import { isOfFolder } from './fingerprint';
import type { KnownWorkspace, WorkspaceRegistry } from './workspaceRegistry';

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
  /** Whether a folder is there; undefined when that cannot be said. */
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
    if (v.is(answerSchema, this.#deps.memento.get(answerKey))) return undefined;
    const offers: AdoptionOffer[] = [];
    for (const workspace of await this.#deps.registry.like(own)) {
      const conversationIds = await conversationsIn(this.#deps, workspace.storage);
      if (conversationIds.length === 0) continue;
      const hasMoved = (await this.#deps.exists(workspace.folder)) === false;
      // A folder is in one place only: who is still there is another one.
      if (!hasMoved && isOfFolder(workspace.fingerprint)) continue;
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
