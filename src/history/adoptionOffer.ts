import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationStore, ExplanationStore, Logger, NewId } from '../conversation/ports';
import { systemClock } from '../shared/clock';
import { Emitter } from '../shared/emitter';
import type { Notice } from '../shared/protocol';
import { createExplanationStore } from '../storage/explanationFiles';
import { nodeFileSystem } from '../storage/fileSystem';
import { getStorageDirectory } from '../storage/workspaceStore';
import { fixButton } from '../ui/failureMessages';
import {
  Adoption,
  type AdoptionOffer,
  copyExplanations,
  type FingerprintedFolder,
  getFingerprints,
  joinFingerprints,
  type KnownWorkspace,
  matchMovedFolders,
  WorkspaceRegistry,
} from './adoption';

const { t } = vscode.l10n;

export interface AdoptionOffersDependencies {
  readonly conversations: Conversations;
  readonly store: ConversationStore;
  readonly explanations: ExplanationStore;
  readonly context: Pick<
    vscode.ExtensionContext,
    'workspaceState' | 'storageUri' | 'globalStorageUri'
  >;
  readonly newId: NewId;
  readonly logger: Logger;
}

interface PendingOffer {
  readonly offer: AdoptionOffer;
  readonly own: KnownWorkspace;
}

/**
 * Once the stored conversations are restored, records this workspace in the registry and, if it has no
 * conversations, offers to copy those of a moved folder or another clone.
 */
export class AdoptionOffers {
  readonly #deps: AdoptionOffersDependencies;
  readonly #registry: WorkspaceRegistry;
  readonly #adoption: Adoption;
  readonly #notice = new Emitter<Notice | undefined>();
  readonly #explanationsCopied = new Emitter<undefined>();
  #pending: PendingOffer | undefined;

  constructor(deps: AdoptionOffersDependencies) {
    this.#deps = deps;
    const { conversations, context, newId, logger } = deps;
    this.#registry = new WorkspaceRegistry({
      fileSystem: nodeFileSystem,
      newId,
      directory: `${context.globalStorageUri.fsPath}/workspaces`,
    });
    this.#adoption = new Adoption({
      fileSystem: nodeFileSystem,
      newId,
      logger,
      registry: this.#registry,
      memento: context.workspaceState,
      exists: folderExists,
    });
    conversations.onRestored(() => {
      this.#findOffer().catch((error: unknown) => {
        logger.warn(`Other locations of this workspace could not be searched: ${String(error)}`);
      });
    });
  }

  /** A notice to show in the panel; undefined removes it. */
  onNotice(listener: (notice: Notice | undefined) => void): () => void {
    return this.#notice.on(listener);
  }

  onExplanationsCopied(listener: () => void): () => void {
    return this.#explanationsCopied.on(listener);
  }

  async adopt(): Promise<void> {
    if (!this.#pending) return;
    const { offer, own } = this.#pending;
    const { conversations, store } = this.#deps;
    await this.#adoption.accept(offer, own);
    this.#closeOffer();
    await this.#copyExplanations(offer.workspace, own);
    const [newest] = await store.summaries();
    if (newest && conversations.current.conversation.leaf === null) {
      await conversations.open(newest.id);
    }
  }

  async decline(): Promise<void> {
    this.#closeOffer();
    await this.#adoption.decline();
  }

  async #findOffer(): Promise<void> {
    const own = await identifyWorkspace(getStorageDirectory(this.#deps.context));
    if (!own) return;
    await this.#registry.remember(own);
    if ((await this.#deps.store.summaries()).length > 0) return;
    const offer = await this.#adoption.offer(own);
    if (!offer) return;
    this.#pending = { offer, own };
    this.#notice.emit(createOfferNotice(offer));
  }

  #closeOffer(): void {
    this.#pending = undefined;
    this.#notice.emit(undefined);
  }

  async #copyExplanations(other: KnownWorkspace, own: KnownWorkspace): Promise<void> {
    const { explanations, newId, logger } = this.#deps;
    const source = createExplanationStore({
      directory: other.storage,
      clock: systemClock,
      newId,
      logger,
    });
    await copyExplanations(source, explanations, matchMovedFolders(other, own));
    this.#explanationsCopied.emit(undefined);
  }
}

function createOfferNotice({ workspace, conversationIds, hasMoved }: AdoptionOffer): Notice {
  const count = conversationIds.length;
  const place = vscode.Uri.parse(workspace.folder);
  const name = place.scheme === 'file' ? place.fsPath : place.path;
  return {
    severity: 'info',
    sentence: hasMoved
      ? t('This folder was probably at {0} before.', name)
      : t('The same repository is also at {0}.', name),
    detail:
      count === 1 ? t('You can copy its chat here.') : t('You can copy its {0} chats here.', count),
    buttons: [fixButton('adoptConversations'), fixButton('declineAdoption')],
  };
}

async function identifyWorkspace(storage: string): Promise<KnownWorkspace | undefined> {
  const uris = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const prints = await getFingerprints(uris.map(toFingerprintedFolder));
  if (!prints) return undefined;
  const folders = prints.map((fingerprint, index) => ({
    uri: String(uris[index]),
    fingerprint,
  }));
  return {
    storage,
    folder: String(uris[0]),
    fingerprint: joinFingerprints(prints),
    folders,
  };
}

/** A larger `.git/config` is not read. */
const maxConfigBytes = 1024 * 1024;

function toFingerprintedFolder(uri: vscode.Uri): FingerprintedFolder {
  return {
    path: uri.path,
    async gitConfig(levelsUp) {
      const up = Array.from({ length: levelsUp }, () => '..');
      const file = vscode.Uri.joinPath(uri, ...up, '.git', 'config');
      try {
        const { type, size } = await vscode.workspace.fs.stat(file);
        // In a folder above, such as /tmp, it may be another user's.
        if (type !== vscode.FileType.File || size > maxConfigBytes) return undefined;
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      } catch {
        // Not there, or not to be read: the next folder up may have one.
        return undefined;
      }
    },
    async madeAt() {
      try {
        const { ctime } = await vscode.workspace.fs.stat(uri);
        return ctime > 0 ? ctime : undefined;
      } catch {
        // A folder that tells nothing of itself is not recognised.
        return undefined;
      }
    },
  };
}

async function folderExists(folderUri: string): Promise<boolean | undefined> {
  try {
    await vscode.workspace.fs.stat(vscode.Uri.parse(folderUri));
    return true;
  } catch (error) {
    const isGone = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    return isGone ? false : undefined;
  }
}
