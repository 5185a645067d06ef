import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { WorkspaceStore } from '../storage/conversationStore';
import { showError, showInformation, showProgress, showWarning } from '../ui/dialogs';
import { addImported, type Imported } from './conversationTransfer';
import { readExport, type ReadExport } from './exportFormats';
import { formatTitles, reportSteps } from './transferSentences';

const { t } = vscode.l10n;

/** A larger file is not one of ours. Bytes. */
const maxFileBytes = 256 * 1024 * 1024;

/** Reads an export and adds what this folder does not have. */
export async function importConversations(store: WorkspaceStore, logger: Logger): Promise<void> {
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
  const { conversations } = read;
  const imported = await showProgress(
    t('Importing chats'),
    (report, cancelled) =>
      addImported(store, conversations, {
        ...reportSteps(conversations.length, report, cancelled),
        logger,
      }),
    { cancellable: true },
  );
  await showOutcome(read, imported);
}

async function showOutcome(read: ReadExport, imported: Imported): Promise<void> {
  const { failed, handled, added } = imported;
  const isWhole = handled === read.conversations.length;
  const sentences = [
    ...(added > 0 || (isWhole && failed.length === 0) ? [formatImported(added)] : []),
    ...(isWhole ? [] : [t('Canceled after {0} of {1}.', handled, read.conversations.length)]),
    ...(failed.length > 0 ? [t('Not imported: {0}.', formatTitles(failed))] : []),
    ...(read.unreadable > 0
      ? [t('{0} parts of the file could not be read and were skipped.', read.unreadable)]
      : []),
  ];
  const show = failed.length + read.unreadable > 0 ? showWarning : showInformation;
  await show(sentences.join(' '));
}

function formatImported(added: number): string {
  if (added === 0) return t('All chats in this file already exist.');
  return added === 1 ? t('Imported 1 chat.') : t('Imported {0} chats.', added);
}
