import { checkpointKey } from './checkpoint';
import type { KeyValueStore } from './checkpointKeeper';
import type { FileSystem } from './fileSystem';
import { temporarySuffix } from './replaceFile';

/**
 * Removes what still tells of deleted conversations and turns outside the logs: copies that were
 * set aside, the file of a deactivation, and what a crash left of a file that was being replaced.
 */
export async function scrub(
  fileSystem: FileSystem,
  memento: KeyValueStore,
  directory: string,
  ids: readonly string[],
): Promise<void> {
  const tells = (text: string): boolean => ids.some((id) => text.includes(id));
  const quarantine = `${directory}/quarantine`;
  const set = (await fileSystem.names(quarantine)).map((name) => `${quarantine}/${name}`);
  const loose = (await fileSystem.names(directory))
    .filter((name) => name.endsWith(temporarySuffix) || name === 'checkpoint.json')
    .map((name) => `${directory}/${name}`);
  for (const file of [...set, ...loose]) {
    const bytes = await fileSystem.read(file);
    if (bytes && tells(Buffer.from(bytes).toString())) await fileSystem.remove(file);
  }
  for (const key of memento
    .keys()
    .filter((name) => name.startsWith(`${checkpointKey}.setAside.`))) {
    if (tells(String(memento.get(key)))) await memento.update(key, undefined);
  }
}
