import * as v from 'valibot';
import type { Logger, NewId } from '../conversation/ports';
import { checkpointKey } from './checkpoint';
import { type FileSystem, replaceFile, temporarySuffix } from './fileSystem';

export interface QuarantineDependencies {
  readonly memento: KeyValueStore;
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The workspace's storage; copies go to `quarantine/`. */
  readonly directory: string;
}

/**
 * Copies content that is damaged or from a newer version to where it is never overwritten: a file, or if that
 * fails a separate key in `workspaceState`. Resolves with whether it was copied. Never rejects.
 */
export async function quarantine(
  deps: QuarantineDependencies,
  name: string,
  text: string,
): Promise<boolean> {
  const { memento, fileSystem, newId, logger, directory } = deps;
  const id = newId();
  const folder = getFolder(directory);
  try {
    await fileSystem.makeDirectory(folder);
    await replaceFile(fileSystem, newId, `${folder}/${name}-${id}.json`, Buffer.from(text));
    logger.warn(`${name} could not be parsed; it was copied to ${folder}.`);
    return true;
  } catch (error) {
    logger.warn(`${name} could not be copied to ${folder}: ${String(error)}`);
  }
  try {
    await memento.update(keyPrefix + id, text);
    return true;
  } catch (error) {
    logger.error(`${name} could not be copied and is left unchanged: ${String(error)}`);
    return false;
  }
}

/**
 * Removes copies that mention deleted conversations or turns outside the logs: in the quarantine, in the file
 * written on deactivation, and in temporary files that a crash left behind.
 */
export async function purgeDeleted(
  fileSystem: FileSystem,
  memento: KeyValueStore,
  directory: string,
  deletedIds: readonly string[],
): Promise<void> {
  const mentionsDeleted = (text: string): boolean => deletedIds.some((id) => text.includes(id));
  const folder = getFolder(directory);
  const quarantined = (await fileSystem.names(folder)).map((name) => `${folder}/${name}`);
  const others = (await fileSystem.names(directory))
    .filter((name) => name.endsWith(temporarySuffix) || name === 'checkpoint.json')
    .map((name) => `${directory}/${name}`);
  for (const file of [...quarantined, ...others]) {
    const bytes = await fileSystem.read(file);
    if (bytes && mentionsDeleted(Buffer.from(bytes).toString())) await fileSystem.remove(file);
  }
  for (const key of memento.keys().filter((name) => name.startsWith(keyPrefix))) {
    if (mentionsDeleted(String(memento.get(key)))) await memento.update(key, undefined);
  }
}

const keyPrefix = `${checkpointKey}.setAside.`;

function getFolder(directory: string): string {
  return `${directory}/quarantine`;
}

/** The part of `vscode.Memento` that is used. */
export interface KeyValueStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
  keys(): readonly string[];
}

/**
 * The stored value if it matches `schema`, otherwise undefined: values may come from another version of the
 * extension.
 */
export function readValue<T>(
  store: Pick<KeyValueStore, 'get'>,
  key: string,
  schema: v.GenericSchema<unknown, T>,
): T | undefined {
  const parsed = v.safeParse(schema, store.get(key));
  return parsed.success ? parsed.output : undefined;
}
