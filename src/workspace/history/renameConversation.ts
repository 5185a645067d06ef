import * as vscode from 'vscode';
import type { Conversations } from '../../conversation/conversations';

const { t } = vscode.l10n;

/** Lets the person give the conversation that is shown another title. */
export async function renameConversation(conversations: Conversations): Promise<void> {
  const { id, title, leaf } = conversations.current.conversation;
  if (leaf === null) {
    await vscode.window.showInformationMessage(t('There is no conversation to rename yet.'));
    return;
  }
  const typed = await vscode.window.showInputBox({
    title: t('Rename the Conversation'),
    value: title,
    validateInput: (value) => (value.trim() === '' ? t('A title needs a word.') : undefined),
  });
  if (typed !== undefined && typed.trim() !== '') await conversations.rename(id, typed.trim());
}
