import type { NewId } from '../conversation/ports';
import type { FileSystem } from './fileSystem';

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
