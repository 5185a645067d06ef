import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationSummary } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/conversationStore';
import { type QuickInputs, showInformation } from '../ui/dialogs';
import type { Disposable } from '../ui/disposables';
import { formatSize } from './historyItems';

const { t } = vscode.l10n;

export interface CleanUpDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
}

interface Offer extends vscode.QuickPickItem {
  readonly summaries: readonly ConversationSummary[];
}

const day = 24 * 60 * 60 * 1_000;

/** Deletes conversations that were not used for long, for good, once the person has agreed. */
export async function cleanUpConversations(
  deps: CleanUpDependencies,
  inputs: QuickInputs,
): Promise<void> {
  const offers = await createOffers(deps);
  if (offers.length === 0) {
    await showInformation(t('Nothing to delete. Pinned, open, and running chats are kept.'));
    return;
  }
  const chosen = await inputs.pick(offers, {
    title: t('Delete Old Chats'),
    placeholder: t('Pinned, open, and running chats are kept'),
  });
  if (chosen && (await confirmDeletion(chosen))) await deletePermanently(deps, chosen.summaries);
}

/** Each offer that is more than the one before it. */
async function createOffers({
  conversations,
  store,
  clock,
}: CleanUpDependencies): Promise<Offer[]> {
  const shownId = conversations.current.conversation.id;
  const idle = (await store.summaries()).filter(
    ({ id, pinned }) => !pinned && id !== shownId && !conversations.isRunning(id),
  );
  const before = (days: number): readonly ConversationSummary[] =>
    idle.filter(({ updatedAt }) => updatedAt < clock.wallMs() - days * day);
  const offers: Offer[] = [];
  for (const [label, summaries] of [
    [t('Not used for 90 days'), before(90)],
    [t('Not used for 30 days'), before(30)],
    [t('Not used for 7 days'), before(7)],
    [t('All'), idle],
  ] as const) {
    if (summaries.length === (offers.at(-1)?.summaries.length ?? 0)) continue;
    offers.push({ label, description: formatCountAndSize(summaries), summaries });
  }
  return offers;
}

function formatCountAndSize(summaries: readonly ConversationSummary[]): string {
  return summaries.length === 1
    ? t('1 chat, {0}', formatSize(summaries))
    : t('{0} chats, {1}', summaries.length, formatSize(summaries));
}

async function confirmDeletion({ summaries }: Offer): Promise<boolean> {
  const agree = t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    t('Permanently delete {0}?', formatCountAndSize(summaries)),
    { modal: true, detail: t('This cannot be undone.') },
    agree,
  );
  return chosen === agree;
}

async function deletePermanently(
  { conversations, store }: CleanUpDependencies,
  summaries: readonly ConversationSummary[],
): Promise<void> {
  for (const { id } of summaries) await conversations.delete(id);
  await store.compact(0);
}

export interface CompactionScheduleDependencies {
  readonly store: Pick<WorkspaceStore, 'compact'>;
  readonly clock: Clock;
  /** Whether an answer is being written in this window. */
  readonly isBusy: () => boolean;
}

/** How long a deletion can be undone, in milliseconds; after that its text is removed from all files. */
export const undoMs = 60_000;

const intervalMs = 10 * 60_000;

/**
 * Removes deleted text from the files: first what an earlier window left, then periodically what other
 * windows delete, because this window's logs are rewritten by no other window.
 */
export function scheduleCompaction({
  store,
  clock,
  isBusy,
}: CompactionScheduleDependencies): Disposable {
  let cancel = clock.after(undoMs, run);
  function run(): void {
    cancel = clock.after(intervalMs, run);
    if (!isBusy()) void store.compact(undoMs);
  }
  return { dispose: () => cancel() };
}
