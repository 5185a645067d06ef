import type { Logger, NewId } from '../conversation/ports';
import { checkpointKey } from './checkpoint';
import type { KeyValueStore } from './checkpointKeeper';
import type { FileSystem } from './fileSystem';
import { replaceFile } from './replaceFile';

export interface SetAsideDependencies {
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
export async function setAside(
  deps: SetAsideDependencies,
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
