import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationStore, ExplanationStore, Logger, NewId } from '../conversation/ports';
import { systemClock } from '../shared/clock';
import type { Notice } from '../shared/protocol';
import { createExplanationStore } from '../storage/explanationFiles';
import { nodeFileSystem } from '../storage/fileSystem';
import { getStorageDirectory } from '../storage/storageDirectory';
import { fixButton } from '../ui/failureMessages';
import { Adoption, type AdoptionOffer, copyExplanations, matchMovedFolders } from './adoption';
import {
  type FingerprintedFolder,
  getFingerprints,
  type KnownWorkspace,
  joinFingerprints,
  WorkspaceRegistry,
} from './workspaceFingerprint';

const { t } = vscode.l10n;

export interface AdoptionRegistration {
  readonly conversations: Conversations;
  readonly store: ConversationStore;
  readonly explanations: ExplanationStore;
  /** Called after explanations were copied from another workspace. */
  readonly showExplanations: () => Promise<void>;
  readonly context: Pick<
    vscode.ExtensionContext,
    'workspaceState' | 'storageUri' | 'globalStorageUri'
  >;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Shows or clears a notice in the panel. */
  readonly say: (notice: Notice | undefined) => void;
}

/** The handlers of the offer's buttons. */
export interface AdoptionHandlers {
  adopt(): Promise<void>;
  decline(): Promise<void>;
}

interface PendingOffer {
  readonly offer: AdoptionOffer;
  readonly own: KnownWorkspace;
}

/**
 * Once the stored conversations are restored, records this workspace in the registry and, if it has no
 * conversations, offers to copy those of a moved folder or another clone.
 */
export function registerAdoption(deps: AdoptionRegistration): AdoptionHandlers {
  const { conversations, store, logger, newId, context, say } = deps;
  const registry = new WorkspaceRegistry({
    fileSystem: nodeFileSystem,
    newId,
    directory: `${context.globalStorageUri.fsPath}/workspaces`,
  });
  const adoption = new Adoption({
    fileSystem: nodeFileSystem,
    newId,
    logger,
    registry,
    memento: context.workspaceState,
    exists: folderExists,
  });
  let pending: PendingOffer | undefined;

  const findOffer = async (): Promise<void> => {
    const own = await identifyWorkspace(getStorageDirectory(context));
    if (!own) return;
    await registry.remember(own);
    if ((await store.summaries()).length > 0) return;
    const offer = await adoption.offer(own);
    if (!offer) return;
    pending = { offer, own };
    say(createOfferNotice(offer));
  };
  conversations.onRestored(() => {
    findOffer().catch((error: unknown) => {
      logger.warn(`Other locations of this workspace could not be searched: ${String(error)}`);
    });
  });
  return {
    async adopt() {
      if (!pending) return;
      const { offer, own } = pending;
      await adoption.accept(offer, own);
      pending = undefined;
      say(undefined);
      await adoptExplanations(deps, offer.workspace, own);
      const [newest] = await store.summaries();
      if (newest && conversations.current.conversation.leaf === null) {
        await conversations.open(newest.id);
      }
    },
    async decline() {
      pending = undefined;
      say(undefined);
      await adoption.decline();
    },
  };
}

async function adoptExplanations(
  { explanations, showExplanations, newId, logger }: AdoptionRegistration,
  other: KnownWorkspace,
  own: KnownWorkspace,
): Promise<void> {
  const source = createExplanationStore({
    directory: other.storage,
    clock: systemClock,
    newId,
    logger,
  });
  await copyExplanations(source, explanations, matchMovedFolders(other, own));
  await showExplanations();
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

function toFingerprintedFolder(uri: vscode.Uri): FingerprintedFolder {
  return {
    path: uri.path,
    async gitConfig(levelsUp) {
      const up = Array.from({ length: levelsUp }, () => '..');
      const file = vscode.Uri.joinPath(uri, ...up, '.git', 'config');
      try {
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
