import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import type { Logger, NewId } from '../conversation/ports';
import { checkpointKey } from './checkpoint';
import type { KeyValueStore } from './checkpointStore';

/** A file that was just created by us and is only ever added to. */
export interface AppendFile {
  /** One `write` call; resolves with the number of bytes taken, which may be fewer than given. */
  write(bytes: Uint8Array): Promise<number>;
  /** `fdatasync`. */
  sync(): Promise<void>;
  /** Whether the file still has its name; what is written to one that was removed is lost. */
  linked(): Promise<boolean>;
  close(): Promise<void>;
}

export interface FileStat {
  readonly size: number;
  readonly modifiedMs: number;
}

/** The few calls the store makes; tests fail each of them in turn. */
export interface FileSystem {
  makeDirectory(directory: string): Promise<void>;
  /** Names of the entries of a directory; none when it does not exist. */
  names(directory: string): Promise<readonly string[]>;
  /** Length in bytes, and when the file was last written or touched; undefined when it is missing. */
  stat(file: string): Promise<FileStat | undefined>;
  /** Sets the time of the last change to now; rejects when the file does not exist (`ENOENT`). */
  touch(file: string): Promise<void>;
  /** Undefined when the file does not exist. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Creates a file for appending; rejects when it exists (`EEXIST`). */
  create(file: string): Promise<AppendFile>;
  rename(from: string, to: string): Promise<void>;
  /** Resolves also when there is nothing to remove. */
  remove(file: string): Promise<void>;
}

/** Conversations are private: nobody else on the machine reads them. */
const ownerOnly = { directory: 0o700, file: 0o600 };

export const nodeFileSystem: FileSystem = {
  async makeDirectory(directory) {
    const first = await fs.mkdir(directory, { recursive: true, mode: ownerOnly.directory });
    if (first !== undefined) await syncNewDirectories(path.dirname(first), path.dirname(directory));
  },
  async names(directory) {
    return (await undefinedIfMissing(fs.readdir(directory))) ?? [];
  },
  async stat(file) {
    const stat = await undefinedIfMissing(fs.stat(file));
    return stat && { size: stat.size, modifiedMs: stat.mtimeMs };
  },
  async touch(file) {
    const now = new Date();
    await fs.utimes(file, now, now);
  },
  read(file) {
    return undefinedIfMissing(fs.readFile(file));
  },
  async create(file) {
    const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
    const handle = await fs.open(file, O_APPEND | O_CREAT | O_EXCL | O_WRONLY, ownerOnly.file);
    try {
      await syncDirectory(path.dirname(file));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      sync: () => handle.datasync(),
      linked: async () => (await handle.stat()).nlink > 0,
      close: () => handle.close(),
    };
  },
  async rename(from, to) {
    await fs.rename(from, to);
    await syncDirectory(path.dirname(to));
  },
  async remove(file) {
    await fs.rm(file, { force: true });
  },
};

/** The code of a system error, such as `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

async function undefinedIfMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Each new folder's name is in the one above it. */
async function syncNewDirectories(above: string, lowest: string): Promise<void> {
  for (let folder = lowest; folder.startsWith(above); folder = path.dirname(folder)) {
    await syncDirectory(folder);
    if (folder === path.dirname(folder)) return;
  }
}

/** Makes a new name survive a power loss, where the system can (not on Windows, not everywhere). */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EBADF'].includes(code)) throw error;
  } finally {
    await handle.close();
  }
}

/** What is left of a replacement that was cut off ends with this; nobody reads it. */
export const temporarySuffix = '.tmp';

/**
 * Puts `bytes` in the place of `file`: whoever reads it finds the old content or the new, never a
 * part. Written beside it, synced, renamed.
 */
export async function replaceFile(
  fileSystem: FileSystem,
  newId: NewId,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = `${file}.${newId()}${temporarySuffix}`;
  try {
    await writeWhole(fileSystem, temporary, bytes);
    await fileSystem.rename(temporary, file);
  } catch (error) {
    await fileSystem.remove(temporary);
    throw error;
  }
}

async function writeWhole(fileSystem: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
  const created = await fileSystem.create(file);
  try {
    for (let at = 0; at < bytes.length;) {
      const written = await created.write(bytes.subarray(at));
      if (written === 0) throw new Error(`Nothing could be written to ${file}.`);
      at += written;
    }
    await created.sync();
  } finally {
    await created.close();
  }
}

export interface QuarantineDependencies {
  readonly memento: KeyValueStore;
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly directory: string;
}

/**
 * Copies what cannot be understood (damaged, or written by a newer version) to where nothing
 * overwrites it: a file, or else a key of its own. Resolves with whether that was possible.
 */
export async function quarantine(
  deps: QuarantineDependencies,
  name: string,
  text: string,
): Promise<boolean> {
  const { memento, fileSystem, newId, logger, directory } = deps;
  const id = newId();
  const folder = `${directory}/quarantine`;
  try {
    await fileSystem.makeDirectory(folder);
    await replaceFile(fileSystem, newId, `${folder}/${name}-${id}.json`, Buffer.from(text));
    logger.warn(`${name} could not be understood; it was copied to ${folder}.`);
    return true;
  } catch (error) {
    logger.warn(`${name} could not be copied to ${folder}: ${String(error)}`);
  }
  try {
    await memento.update(`${checkpointKey}.setAside.${id}`, text);
    return true;
  } catch (error) {
    logger.error(`${name} could not be set aside and is left as it is: ${String(error)}`);
    return false;
  }
}
