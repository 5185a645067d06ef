import * as vscode from 'vscode';
import type { Conversations } from '../../conversation/conversations';
import type { ConversationStore } from '../../conversation/ports';

const { t } = vscode.l10n;

/** Lets the person choose among the workspace's conversations; true when another one is shown. */
export async function showHistory(
  store: ConversationStore,
  conversations: Conversations,
): Promise<boolean> {
  const summaries = await store.summaries();
  if (summaries.length === 0) {
    await vscode.window.showInformationMessage(t('There is no conversation in this folder yet.'));
    return false;
  }
  const shown = conversations.current.conversation.id;
  const items = summaries.map(({ id, title, updatedAt }) => ({
    label: title === '' ? t('Untitled') : title,
    description: [id === shown ? t('shown now') : '', when(updatedAt)].filter(Boolean).join(' · '),
    id,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Conversations'),
    placeHolder: t('The conversations of this folder, newest first'),
  });
  if (!chosen) return false;
  if (await conversations.open(chosen.id)) return true;
  await vscode.window.showErrorMessage(t('This conversation can no longer be read.'));
  return false;
}

function when(updatedAt: number): string {
  return new Date(updatedAt).toLocaleString(vscode.env.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}
