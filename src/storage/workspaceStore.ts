import type { Clock, ConversationStore, Logger, NewId } from '../conversation/ports';
import type { KeyValueStore } from './checkpointKeeper';
import type { FileSystem } from './fileSystem';
import type { OwnProcess } from './ownProcess';

export interface ConversationStoreDependencies {
  /**
   * A folder that is this workspace's own (`storageUri`, or `no-folder` in `globalStorageUri`); it
   * need not exist.
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
   * Rewrites logs that hold deleted text or much that is not needed; what was deleted longer than
   * `undoMs` ago is gone afterwards, from every file and from the checkpoint. For idle moments;
   * logs of other living windows are left to them. Never rejects.
   */
  tidy(undoMs: number): Promise<void>;
  /** Whether a conversation was deleted here; one that never was is not. */
  isDeleted(conversationId: string): Promise<boolean>;
  /** Writes everything that waits, to files only. For `deactivate`; never rejects. */
  flush(): Promise<void>;
  /** Flushes, and gives the files back. The store is not used afterwards. */
  close(): Promise<void>;
}
