import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationStore, ExplanationStore, Logger, NewId } from '../conversation/ports';
import { systemClock } from '../shared/clock';
import type { Notice } from '../shared/protocol';
import { createExplanationStore } from '../storage/explanationFiles';
import { nodeFileSystem } from '../storage/fileSystem';
import { storageDirectory } from '../storage/sharedStorage';
import { fixButton } from '../ui/failureMessages';
import { Adoption, type AdoptionOffer, copyExplanations, movedFolders } from './adoption';
import {
  type FingerprintedFolder,
  fingerprintsOf,
  type KnownWorkspace,
  togetherKnownBy,
  WorkspaceRegistry,
} from './workspaceFingerprint';

const { t } = vscode.l10n;

export interface AdoptionRegistration {
  readonly conversations: Conversations;
  readonly store: ConversationStore;
  readonly explanations: ExplanationStore;
  /** Called when there are explanations of another place. */
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

/** What the buttons of the offer do. */
export interface AdoptionAnswers {
  adopt(): Promise<void>;
  decline(): Promise<void>;
}

/** Remembers this workspace, and offers what one like it has; the memory has been read. */
export function offerAdoption(deps: AdoptionRegistration): AdoptionAnswers {
  const { conversations, store, logger, newId, context, say } = deps;
  const base = { fileSystem: nodeFileSystem, newId, logger };
  const registry = new WorkspaceRegistry({
    ...base,
    directory: `${context.globalStorageUri.fsPath}/workspaces`,
  });
  const adoption = new Adoption({ ...base, registry, memento: context.workspaceState, exists });
  let pending: { readonly offer: AdoptionOffer; readonly own: KnownWorkspace } | undefined;

  const look = async (): Promise<void> => {
    const own = await thisWorkspace(storageDirectory(context));
    if (!own) return;
    await registry.remember(own);
    if ((await store.summaries()).length > 0) return;
    const offer = await adoption.offer(own);
    if (!offer) return;
    pending = { offer, own };
    say(offerNotice(offer));
  };
  look().catch((error: unknown) => {
    logger.warn(`Other places of this workspace are not known: ${String(error)}`);
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
    ...{ directory: other.storage, clock: systemClock, newId, logger },
  });
  await copyExplanations(source, explanations, movedFolders(other, own));
  await showExplanations();
}

function offerNotice({ workspace, conversationIds, hasMoved }: AdoptionOffer): Notice {
  const count = conversationIds.length;
  const place = vscode.Uri.parse(workspace.folder);
  const name = place.scheme === 'file' ? place.fsPath : place.path;
  return {
    severity: 'info',
    sentence: hasMoved
      ? t('This folder seems to have been at {0} before.', name)
      : t('The same repository is also at {0}.', name),
    detail:
      count === 1
        ? t('Its conversation can be copied here.')
        : t('Its {0} conversations can be copied here.', count),
    buttons: [fixButton('adoptConversations'), fixButton('declineAdoption')],
  };
}

async function thisWorkspace(storage: string): Promise<KnownWorkspace | undefined> {
  const uris = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const prints = await fingerprintsOf(uris.map(fingerprinted));
  if (!prints) return undefined;
  const folders = prints.map((fingerprint, index) => ({
    uri: String(uris[index]),
    fingerprint,
  }));
  return {
    storage,
    folder: String(uris[0]),
    fingerprint: togetherKnownBy(prints),
    folders,
  };
}

function fingerprinted(uri: vscode.Uri): FingerprintedFolder {
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

async function exists(folderUri: string): Promise<boolean | undefined> {
  try {
    await vscode.workspace.fs.stat(vscode.Uri.parse(folderUri));
    return true;
  } catch (error) {
    const isGone = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    return isGone ? false : undefined;
  }
}

/**
 * Once the memory has been read: offers what another place of this workspace has. What looks for one is
 * a bundle of its own, read then.
 */
export function registerAdoption(deps: AdoptionRegistration): AdoptionAnswers {
  let offer: Promise<AdoptionAnswers> | undefined;
  const load = async (): Promise<AdoptionAnswers> => {
    const module = await import('./adoptionOffer');
    return module.offerAdoption(deps);
  };
  deps.conversations.onRestored(() => {
    offer = load();
    offer.catch((error: unknown) => deps.logger.warn(`Nothing is offered: ${String(error)}`));
  });
  return {
    adopt: async () => (await offer)?.adopt(),
    decline: async () => (await offer)?.decline(),
  };
}
