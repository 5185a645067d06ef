import * as v from 'valibot';
import type { Logger, NewId } from '../conversation/ports';
import { conversationIdSchema } from '../storage/checkpoint';
import type { FileSystem } from '../storage/fileSystem';
import { isLog, readConversation } from '../storage/readConversation';
import { replaceFile, temporarySuffix } from '../storage/replaceFile';

export interface CopyDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
}

/** The ids of the conversations in a storage, without deleted and empty ones. */
export async function conversationsIn(
  { fileSystem, logger }: CopyDependencies,
  storage: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of await fileSystem.names(`${storage}/conversations`)) {
    if (!v.is(conversationIdSchema, id)) continue;
    const directory = `${storage}/conversations/${id}`;
    const { records } = await readConversation(fileSystem, logger, directory);
    if (records.length > 0 && !records.some(({ k }) => k === 'deleted')) ids.push(id);
  }
  return ids;
}

/**
 * Copies conversations from one storage to another, files as they are: the writers' names are unique,
 * and what both have already is the same. Long texts come before the lines that name them.
 */
export async function copyConversations(
  { fileSystem, newId }: CopyDependencies,
  ids: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  for (const id of ids) {
    const source = `${from}/conversations/${id}`;
    const target = `${to}/conversations/${id}`;
    await fileSystem.makeDirectory(target);
    const known = new Set(await fileSystem.names(target));
    const names = (await fileSystem.names(source)).filter(
      (name) => !name.endsWith(temporarySuffix) && !known.has(name),
    );
    for (const name of names.sort((a, b) => Number(isLog(a)) - Number(isLog(b)))) {
      const bytes = await fileSystem.read(`${source}/${name}`);
      if (bytes) await replaceFile(fileSystem, newId, `${target}/${name}`, bytes);
    }
  }
}
