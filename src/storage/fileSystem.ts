import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { NewId } from '../conversation/ports';
import { type Clock, systemClock } from '../shared/clock';

/** A file that this process created and only appends to. */
export interface AppendFile {
  /** One `write` call; resolves with the number of bytes written, which may be fewer than given. */
  write(bytes: Uint8Array): Promise<number>;
  /** `fdatasync`. */
  sync(): Promise<void>;
  /** Whether the file still has its name; what is written to a removed file is lost. */
  linked(): Promise<boolean>;
  close(): Promise<void>;
}

export interface FileStat {
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * The file operations that storage uses; tests make each of them fail. "Not found" is a result and never an
 * error; every rejection means that the content is unknown, not that there is none.
 */
export interface FileSystem {
  makeDirectory(directory: string): Promise<void>;
  /** Names of the entries of a directory; empty if the directory does not exist. */
  names(directory: string): Promise<readonly string[]>;
  /** Undefined if the file does not exist. */
  stat(file: string): Promise<FileStat | undefined>;
  /** Sets the modification time to now; rejects if the file does not exist (`ENOENT`). */
  touch(file: string): Promise<void>;
  /** Undefined if the file does not exist. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** The bytes after the first `offset` ones. Undefined if the file does not exist. */
  readFrom(file: string, offset: number): Promise<Uint8Array | undefined>;
  /** Creates a file for appending; rejects if it exists (`EEXIST`). */
  create(file: string): Promise<AppendFile>;
  /** Replaces `to` if it exists. */
  rename(from: string, to: string): Promise<void>;
  /** Resolves also if the file does not exist. */
  remove(file: string): Promise<void>;
}

/** Conversations are private: no other user of the machine can read them. */
const ownerOnly = { directory: 0o700, file: 0o600 };

export const nodeFileSystem: FileSystem = {
  async makeDirectory(directory) {
    const first = await fs.mkdir(directory, { recursive: true, mode: ownerOnly.directory });
    if (first !== undefined) {
      await syncNewDirectories(path.dirname(first), path.dirname(directory));
    }
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
  async readFrom(file, offset) {
    const handle = await undefinedIfMissing(fs.open(file, constants.O_RDONLY));
    if (!handle) return undefined;
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of handle.createReadStream({ start: offset, autoClose: false })) {
        if (chunk instanceof Uint8Array) chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      await handle.close();
    }
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
    await retryWhileLocked(() => fs.rename(from, to), systemClock);
    await syncDirectory(path.dirname(to));
  },
  async remove(file) {
    await retryWhileLocked(() => fs.rm(file, { force: true }), systemClock);
  },
};

/** The code of a system error, such as `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Windows reports these while a virus scanner, an indexer or another window has the file open. */
const lockedCodes: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);
const maxLockedMs = 5_000;
const maxDelayMs = 200;

/** Whether an operation that failed so may succeed a moment later. */
export function isLocked(error: unknown): boolean {
  return lockedCodes.has(errorCode(error) ?? '');
}

/** Repeats `run` with growing delays while the file is locked, for up to 5 s, as graceful-fs does. */
export async function retryWhileLocked<T>(run: () => Promise<T>, clock: Clock): Promise<T> {
  const startMs = clock.monotonicMs();
  for (let delayMs = 10; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
    try {
      return await run();
    } catch (error) {
      const isOver = clock.monotonicMs() - startMs >= maxLockedMs;
      if (isOver || !isLocked(error)) throw error;
    }
    await delay(clock, delayMs);
  }
}

export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

async function undefinedIfMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A new directory's name is durable once the directory that contains it is synced. */
async function syncNewDirectories(above: string, lowest: string): Promise<void> {
  for (let folder = lowest; folder.startsWith(above); folder = path.dirname(folder)) {
    await syncDirectory(folder);
    if (folder === path.dirname(folder)) return;
  }
}

/** Makes a new name survive a power loss where the system supports it (not on Windows). */
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

/** The ending of a file that is about to replace another; a crash may leave it behind, it is never read. */
export const temporarySuffix = '.tmp';

/**
 * Replaces `file` with `bytes` atomically: a reader sees the old content or the new, never a part. Written
 * under a temporary name, synced, renamed.
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

export interface StableText<S extends v.GenericSchema> {
  /** Undefined if the file does not exist. */
  readonly text: string | undefined;
  readonly parsed: v.SafeParseResult<S>;
}

/** Reads and parses a text file; if it cannot be parsed once more, as it may just have been replaced. */
export async function readStable<S extends v.GenericSchema>(
  fileSystem: FileSystem,
  file: string,
  schema: S,
): Promise<StableText<S>> {
  const first = await readText(fileSystem, file);
  const parsed = v.safeParse(schema, first);
  if (parsed.success || first === undefined) return { text: first, parsed };
  const text = await readText(fileSystem, file);
  return { text, parsed: v.safeParse(schema, text) };
}

async function readText(fileSystem: FileSystem, file: string): Promise<string | undefined> {
  const bytes = await fileSystem.read(file);
  return bytes && Buffer.from(bytes).toString();
}
