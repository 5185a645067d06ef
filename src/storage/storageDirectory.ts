import { existsSync } from 'node:fs';
import path from 'node:path';

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
