import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { Asking } from '../ui/focusReturn';
import { showInformation } from '../ui/notifications';
import { withQuickInputs, type QuickInputs } from '../ui/quickInputs';

const { t } = vscode.l10n;

/** Lets the person give a conversation another title. */
export async function renameConversation(
  conversations: Conversations,
  inputs: QuickInputs,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<void> {
  const typed = await inputs.text({
    title: t('Rename the Conversation'),
    value: title,
    validate: (text) => (text.trim() === '' ? t('A title needs a word.') : undefined),
  });
  if (typed !== undefined) await conversations.rename(id, typed.trim());
}

/** The same for the conversation that is shown. */
export async function renameShownConversation(
  conversations: Conversations,
  asking: Asking,
): Promise<void> {
  const { conversation } = conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('There is no conversation to rename yet.'));
    return;
  }
  const rename = (inputs: QuickInputs): Promise<void> =>
    renameConversation(conversations, inputs, conversation);
  await withQuickInputs(rename, asking);
  asking.over();
}
