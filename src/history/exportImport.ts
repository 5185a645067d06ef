import * as vscode from 'vscode';
import { Conversation } from '../conversation/conversation';
import type { ConversationStore, ConversationSummary, Logger } from '../conversation/ports';
import { defined } from '../shared/defined';
import type { AssistantTurn } from '../shared/turn';
import type { WorkspaceStore } from '../storage/workspaceStore';
import { showError, showInformation, showProgress, showWarning, type Step } from '../ui/dialogs';
import {
  addImported,
  type ExportedConversation,
  exportMarkdown,
  formatJson,
  type Imported,
  joinJson,
  readExport,
  type ReadExport,
  readForExport,
  type ReadForExport,
  type TransferSteps,
} from './conversationTransfer';

const { t } = vscode.l10n;

export interface ExportDependencies {
  readonly store: Pick<ConversationStore, 'open' | 'summaries'>;
  readonly shown: Pick<Conversation, 'id' | 'title' | 'leaf'>;
  readonly logger: Logger;
}

/** Of this conversation, or of all. */
interface Format {
  readonly isAll: boolean;
  readonly isMarkdown: boolean;
}

/** Writes the conversation that is shown, or all of this folder, to a file that the user names. */
export async function exportConversation(deps: ExportDependencies): Promise<void> {
  const format = await pickFormat();
  if (format === undefined) return;
  const conversations = await listForExport(deps, format);
  if (conversations.length === 0) {
    await showInformation(t('No chat to export.'));
    return;
  }
  const target = await pickTarget(format);
  if (!target) return;
  const read = await showProgress(
    t('Exporting chats'),
    (report, cancelled) =>
      readForExport(deps.store, conversations, format.isMarkdown ? toMarkdown : formatJson, {
        ...reportSteps(conversations.length, report, cancelled),
        logger: deps.logger,
      }),
    { cancellable: true },
  );
  if (!read) return;
  const { formatted } = read;
  if (formatted.length === 0) {
    await showError(t('Nothing was exported. Could not read {0}.', formatTitles(read.failed)));
    return;
  }
  const text = format.isMarkdown ? formatted.join('\n') : joinJson(formatted);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await showExportOutcome(read, target);
}

async function listForExport(
  { store, shown }: ExportDependencies,
  { isAll }: Format,
): Promise<readonly Pick<ConversationSummary, 'id' | 'title'>[]> {
  if (isAll) return store.summaries();
  return shown.leaf === null ? [] : [shown];
}

/** Says what was written and what is missing, and shows the file if the user wants that. */
async function showExportOutcome(read: ReadForExport, target: vscode.Uri): Promise<void> {
  const { formatted, failed, incomplete } = read;
  const name = target.path.slice(target.path.lastIndexOf('/') + 1);
  const count = formatted.length;
  const sentences = [
    count === 1 ? t('Exported 1 chat to {0}.', name) : t('Exported {0} chats to {1}.', count, name),
    ...(failed.length > 0 ? [t('Could not read {0}.', formatTitles(failed))] : []),
    ...(incomplete.length > 0
      ? [t('Parts of {0} could not be read.', formatTitles(incomplete))]
      : []),
  ];
  const show = sentences.length > 1 ? showWarning : showInformation;
  const chosen = await show(sentences.join(' '), t('Open'));
  if (chosen !== undefined) await vscode.commands.executeCommand('vscode.open', target);
}

async function pickFormat(): Promise<Format | undefined> {
  const one = t('This chat as readable text');
  const oneWhole = t('This chat in a format that can be imported');
  const all = t('All chats in this folder as readable text');
  const allWhole = t('All chats in this folder in a format that can be imported');
  const items: readonly (vscode.QuickPickItem & Format)[] = [
    { isAll: false, isMarkdown: true, label: t('Markdown'), detail: one },
    { isAll: false, isMarkdown: false, label: t('JSON'), detail: oneWhole },
    { isAll: true, isMarkdown: true, label: t('Markdown (All Chats)'), detail: all },
    { isAll: true, isMarkdown: false, label: t('JSON (All Chats)'), detail: allWhole },
  ];
  return vscode.window.showQuickPick(items, { title: t('Export Chat') });
}

async function pickTarget({ isMarkdown }: Format): Promise<vscode.Uri | undefined> {
  const [kind, ending] = isMarkdown ? ['Markdown', 'md'] : ['JSON', 'json'];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder && vscode.Uri.joinPath(folder, `conversation.${ending}`);
  const filters: Record<string, string[]> = { [kind]: [ending] };
  return vscode.window.showSaveDialog(defined({ filters, defaultUri }));
}

function toMarkdown({ id, events }: ExportedConversation): string {
  const conversation = new Conversation(id, events);
  return exportMarkdown(conversation.title, conversation.path(), {
    person: t('You'),
    thinking: t('Reasoning'),
    ending: describeEnd,
    time: (ms) => new Date(ms).toLocaleString(vscode.env.language),
  });
}

function describeEnd({ end }: AssistantTurn): string | undefined {
  switch (end?.kind) {
    case 'done':
      if (end.reason === 'filter') return t('The server’s content filter ended the answer.');
      return end.reason === 'length' ? t('The answer reached the length limit.') : undefined;
    case 'stopped':
      return t('Stopped.');
    default:
      return t('The answer was cut off here.');
  }
}

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
  await showImportOutcome(read, imported);
}

async function showImportOutcome(read: ReadExport, imported: Imported): Promise<void> {
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

/** A notification has room for this many titles. */
const maxTitles = 5;
/** Of a title, in UTF-16 code units. */
const maxTitleLength = 60;

/** A list of titles in quotation marks; of many the first, and how many more there are. */
export function formatTitles(titles: readonly string[]): string {
  const named = titles.slice(0, maxTitles).map((title) => `"${shorten(title)}"`);
  const more = titles.length - named.length;
  return new Intl.ListFormat(vscode.env.language).format([
    ...named,
    ...(more > 0 ? [t('{0} more', more)] : []),
  ]);
}

function shorten(title: string): string {
  if (title === '') return t('Untitled');
  return title.length > maxTitleLength ? `${title.slice(0, maxTitleLength)}…` : title;
}

/** Shows in a progress notification how many of `total` conversations are done. */
export function reportSteps(
  total: number,
  report: (step: Step) => void,
  cancelled: vscode.CancellationToken,
): Omit<TransferSteps, 'logger'> {
  return {
    isCancelled: () => cancelled.isCancellationRequested,
    onProgress: (done) =>
      report({
        message: t('{0} of {1}', done + 1, total),
        increment: done === 0 ? 0 : 100 / total,
      }),
  };
}
