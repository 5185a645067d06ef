import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ConversationStore, Logger, NewId } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { KeyValueStore } from './checkpoint';
import type { FileSystem } from './fileSystem';
import type { OwnProcess } from './presence';

export interface ConversationStoreDependencies {
  /**
   * This workspace's own folder (`storageUri`, or `no-folder` in `globalStorageUri`); it need not exist.
   */
  readonly directory: string;
  /** `workspaceState`. */
  readonly memento: KeyValueStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** For tests; otherwise Node's. */
  readonly fileSystem?: FileSystem;
  readonly ownProcess?: OwnProcess;
}

export interface WorkspaceStore extends ConversationStore {
  /**
   * Rewrites logs that hold deleted text, or much that is not needed. Afterwards everything that was deleted more
   * than `undoMs` ago is gone from all files and from the checkpoint, except from the logs of other living
   * windows. To be called in idle moments. Never rejects.
   */
  compact(undoMs: number): Promise<void>;
  /** Whether a conversation was deleted in this workspace. */
  isDeleted(conversationId: string): Promise<boolean>;
  /** Writes everything that is pending, to files only. For `deactivate`; never rejects. */
  flush(): Promise<void>;
  /** Flushes and closes the files. The store cannot be used afterwards. */
  close(): Promise<void>;
}

interface StoragePlaces {
  /** Of the workspace; a window without a folder has none. */
  readonly storageUri: { readonly fsPath: string } | undefined;
  readonly globalStorageUri: { readonly fsPath: string };
}

/** Where the conversations of this window's workspace are. */
export function getStorageDirectory({ storageUri, globalStorageUri }: StoragePlaces): string {
  return storageUri
    ? getSharedDirectory(storageUri.fsPath)
    : path.join(globalStorageUri.fsPath, 'no-folder');
}

/**
 * The storage that all windows on a workspace share. VS Code locks a workspace's folder `<id>` for
 * the first window, and gives a second one `<id>-1` (extHostStoragePaths.ts): what was stored there
 * would be missing from the first, and from both tomorrow. Our files can be shared.
 */
export function getSharedDirectory(storage: string): string {
  const own = path.dirname(storage);
  const id = /^(.+)-[1-9]$/u.exec(path.basename(own))?.[1];
  if (id === undefined) return storage;
  const first = path.join(path.dirname(own), id);
  return existsSync(first) ? path.join(first, path.basename(storage)) : storage;
}
