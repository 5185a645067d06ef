import * as v from 'valibot';
import { findMissingEvents } from '../conversation/checkpointContext';
import { Conversation } from '../conversation/conversation';
import type { ConversationStore, Logger } from '../conversation/ports';
import { conversationIdSchema } from '../storage/checkpoint';
import type { WorkspaceStore } from '../storage/conversationStore';
import type { ExportedConversation } from './exportFormats';

/** Progress of an export or import, which handles one conversation after another. */
export interface TransferSteps {
  readonly isCancelled: () => boolean;
  /** Called before each conversation, with how many are done. */
  readonly onProgress: (done: number) => void;
  readonly logger: Logger;
}

export interface ReadForExport {
  /** What was made of each conversation. */
  readonly formatted: readonly string[];
  /** Titles of conversations that could not be read and are missing. */
  readonly failed: readonly string[];
  /** Titles of conversations of which a part could not be read. */
  readonly incomplete: readonly string[];
}

/**
 * Reads conversations and formats them, one at a time. What cannot be read is named in the result. Undefined if it
 * was cancelled.
 */
export async function readForExport(
  store: Pick<ConversationStore, 'open'>,
  conversations: readonly { readonly id: string; readonly title: string }[],
  format: (conversation: ExportedConversation) => string,
  { isCancelled, onProgress, logger }: TransferSteps,
): Promise<ReadForExport | undefined> {
  const formatted: string[] = [];
  const failed: string[] = [];
  const incomplete: string[] = [];
  for (const [done, { id, title }] of conversations.entries()) {
    if (isCancelled()) return undefined;
    onProgress(done);
    try {
      const stored = await store.open(id);
      // It was deleted after the list was made.
      if (!stored) continue;
      formatted.push(format(stored));
      if (stored.unreadable + stored.missingEarlier > 0) incomplete.push(title);
    } catch (error) {
      logger.warn(`Conversation ${id} was not exported: ${String(error)}`);
      failed.push(title);
    }
  }
  return isCancelled() ? undefined : { formatted, failed, incomplete };
}

export interface Imported {
  /** How many conversations brought something new. */
  readonly added: number;
  /** How many were handled before the import was cancelled. */
  readonly handled: number;
  /** Titles of conversations that could not be imported. */
  readonly failed: readonly string[];
}

/** Adds what the workspace does not have yet, one conversation at a time; importing twice adds nothing. */
export async function addImported(
  store: WorkspaceStore,
  conversations: readonly ExportedConversation[],
  { isCancelled, onProgress, logger }: TransferSteps,
): Promise<Imported> {
  const failed: string[] = [];
  let added = 0;
  for (const [handled, conversation] of conversations.entries()) {
    if (isCancelled()) return { added, handled, failed };
    onProgress(handled);
    try {
      if (await addConversation(store, conversation)) added += 1;
    } catch (error) {
      logger.warn(`A conversation was not imported: ${String(error)}`);
      failed.push(getTitle(conversation));
    }
  }
  return { added, handled: conversations.length, failed };
}

/** Resolves with whether the conversation brought something new. */
async function addConversation(
  store: WorkspaceStore,
  imported: ExportedConversation,
): Promise<boolean> {
  v.assert(conversationIdSchema, imported.id);
  const id = await findFreeId(store, imported.id);
  const known = await store.open(id);
  const missing = findMissingEvents(id, known?.events ?? [], imported.events);
  if (missing.length > 0) await store.appendPast(id, missing);
  return missing.length > 0;
}

/** What was deleted here stays deleted. Importing it creates a copy with a new id. */
async function findFreeId(store: WorkspaceStore, id: string): Promise<string> {
  let candidate = id;
  for (let copy = 2; await store.isDeleted(candidate); copy++) {
    candidate = `${id.slice(0, 56)}-${copy}`;
  }
  return candidate;
}

function getTitle({ id, events }: ExportedConversation): string {
  return new Conversation(id, events).title;
}
