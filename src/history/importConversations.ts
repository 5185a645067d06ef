import * as v from 'valibot';
import * as vscode from 'vscode';
import { readExport, type ExportedConversation } from './exportFormats';
import { findMissingEvents } from '../conversation/checkpointContext';
import { conversationIdSchema } from '../storage/checkpoint';
import type { WorkspaceStore } from '../storage/conversationStore';
import { showError, showInformation } from '../ui/notifications';

const { t } = vscode.l10n;

/** A larger file is not one of ours. Bytes. */
const maxFileBytes = 256 * 1024 * 1024;

/** Reads an export and adds what this folder does not have; importing twice adds nothing. */
export async function importConversations(store: WorkspaceStore): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: t('Import Chats'),
    filters: { JSON: ['json'] },
  });
  const file = chosen?.[0];
  if (!file) return;
  const { size } = await vscode.workspace.fs.stat(file);
  const read =
    size > maxFileBytes
      ? undefined
      : readExport(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
  if (!read) {
    await showError(t('This file was not exported by Cria.'));
    return;
  }
  let added = 0;
  for (const conversation of read.conversations)
    added += await addConversation(store, conversation);
  await showInformation(formatOutcome(added, read.unreadable));
}

/** 1 when the conversation brought something, else 0. */
async function addConversation(
  store: WorkspaceStore,
  imported: ExportedConversation,
): Promise<0 | 1> {
  if (!v.is(conversationIdSchema, imported.id)) return 0;
  const id = await findFreeId(store, imported.id);
  const known = await store.open(id);
  const missing = findMissingEvents(id, known?.events ?? [], imported.events);
  // All at once: a window that opens it meanwhile sees all of it, or nothing.
  await Promise.all(missing.map((event) => store.append(id, event)));
  return missing.length > 0 ? 1 : 0;
}

/** What was deleted here stays deleted. Importing it creates a copy with a new id. */
async function findFreeId(store: WorkspaceStore, id: string): Promise<string> {
  let candidate = id;
  for (let copy = 2; await store.isDeleted(candidate); copy++) {
    candidate = `${id.slice(0, 56)}-${copy}`;
  }
  return candidate;
}

function formatOutcome(added: number, unreadable: number): string {
  const sentence = formatImported(added);
  return unreadable === 0
    ? sentence
    : `${sentence} ${t('{0} parts of the file could not be read and were skipped.', unreadable)}`;
}

function formatImported(added: number): string {
  if (added === 0) return t('All chats in this file already exist.');
  return added === 1 ? t('Imported 1 chat.') : t('Imported {0} chats.', added);
}
