import * as vscode from 'vscode';
import { Conversation } from '../conversation/conversation';
import type { ConversationStore } from '../conversation/ports';
import type { AssistantTurn } from '../shared/turn';
import { showInformation } from '../ui/notifications';
import { type ExportedConversation, exportJson, exportMarkdown } from './exportFormats';

const { t } = vscode.l10n;

/** Of this conversation, or of all. */
interface Format {
  readonly isAll: boolean;
  readonly isMarkdown: boolean;
}

/** Writes the conversation that is shown, or all of this folder, to a file the person names. */
export async function exportConversation(store: ConversationStore, shownId: string): Promise<void> {
  const format = await pickFormat();
  if (format === undefined) return;
  const one = format.isAll ? undefined : await store.open(shownId);
  const all: readonly ExportedConversation[] = format.isAll
    ? await openAll(store)
    : [one].filter((stored) => stored !== undefined);
  if (all.length === 0) {
    await showInformation(t('No chat to export.'));
    return;
  }
  const target = await pickTarget(format);
  if (!target) return;
  const text = format.isMarkdown ? all.map(toMarkdown).join('\n') : exportJson(all);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await showOutcome(all.length, target);
}

/** Says what was written, and shows it when the person wants that. */
async function showOutcome(count: number, target: vscode.Uri): Promise<void> {
  const name = target.path.slice(target.path.lastIndexOf('/') + 1);
  const chosen = await showInformation(
    count === 1 ? t('Exported 1 chat to {0}.', name) : t('Exported {0} chats to {1}.', count, name),
    t('Open'),
  );
  if (chosen !== undefined) await vscode.commands.executeCommand('vscode.open', target);
}

async function pickFormat(): Promise<Format | undefined> {
  const one = t('This chat, for reading');
  const oneWhole = t('This chat, can be imported');
  const all = t('All chats in this folder, for reading');
  const allWhole = t('All chats in this folder, can be imported');
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
  return vscode.window.showSaveDialog({
    filters: { [kind]: [ending] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `conversation.${ending}`) } : {}),
  });
}

async function openAll(store: ConversationStore): Promise<ExportedConversation[]> {
  const summaries = await store.summaries();
  const stored = await Promise.all(summaries.map(({ id }) => store.open(id)));
  return stored.filter((conversation) => conversation !== undefined);
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
      return end.reason === 'length' ? t('The answer reached the length limit.') : undefined;
    case 'stopped':
      return t('Stopped.');
    default:
      return t('The answer was cut off here.');
  }
}
