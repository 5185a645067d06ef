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
    await showInformation(t('There is no conversation to export yet.'));
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
    count === 1
      ? t('One conversation was exported to {0}.', name)
      : t('{0} conversations were exported to {1}.', count, name),
    t('Open'),
  );
  if (chosen !== undefined) await vscode.commands.executeCommand('vscode.open', target);
}

async function pickFormat(): Promise<Format | undefined> {
  const one = t('This conversation, to be read');
  const oneWhole = t('This conversation, without loss');
  const all = t('Every conversation of this folder, to be read');
  const allWhole = t('Every conversation of this folder, without loss');
  const items: readonly (vscode.QuickPickItem & Format)[] = [
    { isAll: false, isMarkdown: true, label: t('Markdown'), detail: one },
    { isAll: false, isMarkdown: false, label: t('JSON'), detail: oneWhole },
    { isAll: true, isMarkdown: true, label: t('Markdown, all'), detail: all },
    { isAll: true, isMarkdown: false, label: t('JSON, all'), detail: allWhole },
  ];
  return vscode.window.showQuickPick(items, { title: t('Export') });
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
    thinking: t('Thinking'),
    ending: describeEnd,
    time: (ms) => new Date(ms).toLocaleString(vscode.env.language),
  });
}

function describeEnd({ end }: AssistantTurn): string | undefined {
  switch (end?.kind) {
    case 'done':
      return end.reason === 'length' ? t('The answer stopped at the length limit.') : undefined;
    case 'stopped':
      return t('Stopped.');
    default:
      return t('The answer was cut off here.');
  }
}
