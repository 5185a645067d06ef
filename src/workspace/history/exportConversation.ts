import * as vscode from 'vscode';
import { Conversation } from '../../conversation/conversation';
import { exportJson, type ExportedConversation } from '../../conversation/exportJson';
import { exportMarkdown } from '../../conversation/exportMarkdown';
import type { ConversationStore } from '../../conversation/ports';
import type { AssistantTurn } from '../../shared/turn';

const { t } = vscode.l10n;

type Format = 'markdown' | 'json' | 'all';

/** Writes the conversation that is shown, or all of this folder, to a file the person names. */
export async function exportConversation(store: ConversationStore, shownId: string): Promise<void> {
  const format = await askFormat();
  if (format === undefined) return;
  const stored = format === 'all' ? await everything(store) : await store.open(shownId);
  if (stored === undefined || (Array.isArray(stored) && stored.length === 0)) {
    await vscode.window.showInformationMessage(t('There is no conversation to export yet.'));
    return;
  }
  const target = await askTarget(format);
  if (!target) return;
  const all: readonly ExportedConversation[] = Array.isArray(stored) ? stored : [stored];
  const text = format === 'markdown' ? all.map(asMarkdown).join('\n') : exportJson(all);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

async function askFormat(): Promise<Format | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly format: Format })[] = [
    { format: 'markdown', label: t('Markdown'), detail: t('This conversation, to be read') },
    { format: 'json', label: t('JSON'), detail: t('This conversation, without loss') },
    { format: 'all', label: t('JSON, all'), detail: t('Every conversation of this folder') },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: t('Export') });
  return chosen?.format;
}

async function askTarget(format: Format): Promise<vscode.Uri | undefined> {
  const [kind, ending] = format === 'markdown' ? ['Markdown', 'md'] : ['JSON', 'json'];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters: { [kind]: [ending] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `conversation.${ending}`) } : {}),
  });
}

async function everything(store: ConversationStore): Promise<ExportedConversation[]> {
  const summaries = await store.summaries();
  const stored = await Promise.all(summaries.map(({ id }) => store.open(id)));
  return stored.filter((conversation) => conversation !== undefined);
}

function asMarkdown({ id, events }: ExportedConversation): string {
  const conversation = new Conversation(id, events);
  return exportMarkdown(conversation.title, conversation.path(), {
    person: t('You'),
    thinking: t('Thinking'),
    ending,
    time: (ms) => new Date(ms).toLocaleString(vscode.env.language),
  });
}

function ending({ end }: AssistantTurn): string | undefined {
  switch (end?.kind) {
    case 'done':
      return end.reason === 'length' ? t('The answer stopped at the length limit.') : undefined;
    case 'stopped':
      return t('Stopped.');
    default:
      return t('The answer was cut off here.');
  }
}
