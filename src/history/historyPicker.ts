import * as vscode from 'vscode';
import { defined } from '../shared/defined';
import { Conversation } from '../conversation/conversation';
import type { Conversations } from '../conversation/conversations';
import type {
  ConversationPlace,
  ConversationSummary,
  Logger,
  StoredConversation,
} from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/workspaceStore';
import {
  dialogTexts,
  type FocusReturn,
  type QuickInputs,
  showError,
  showInformation,
  withQuickInputs,
} from '../ui/dialogs';
import { DisposableStore } from '../ui/disposables';
import { undoMs } from './compactionSchedule';
import { createHistoryItems, formatSize, type HistoryItem, type RowButton } from './historyItems';
import type { HistorySearch, MessageHit } from './historySearch';

const { t } = vscode.l10n;

export interface ShowHistoryDependencies extends HistoryPickDependencies, CleanUpDependencies {
  readonly focusReturn: FocusReturn;
  readonly logger: Logger;
  /** Shows the panel, at that place of the conversation. */
  readonly openChat: (place?: ConversationPlace) => Promise<void>;
}

/** Lets the person choose among the workspace's conversations, and shows what was chosen. */
export function showHistory(deps: ShowHistoryDependencies): Promise<void> {
  return withQuickInputs((inputs) => runHistoryPicker(deps, inputs), deps.focusReturn);
}

async function runHistoryPicker(deps: ShowHistoryDependencies, inputs: QuickInputs): Promise<void> {
  const { conversations, store } = deps;
  const summaries = await store.summaries();
  if (summaries.length === 0) {
    await showInformation(t('No chats in this folder.'));
    return;
  }
  const choice = await new HistoryPick(deps, summaries).choose(inputs);
  switch (choice?.action) {
    case undefined:
      return;
    case 'open':
      inputs.dispose();
      await openConversation(deps, choice.conversation.id, choice.place);
      return;
    case 'rename':
      await renameConversation(conversations, inputs, choice.conversation);
      break;
    case 'cleanUp':
      await cleanUpConversations(deps, inputs);
      break;
  }
  await runHistoryPicker(deps, inputs);
}

async function openConversation(
  deps: ShowHistoryDependencies,
  id: string,
  place: ConversationPlace | undefined,
): Promise<void> {
  const { conversations, openChat, logger } = deps;
  try {
    if (!(await conversations.open(id))) {
      await showError(t('This chat was deleted.'));
      return;
    }
  } catch (error) {
    logger.error(`Conversation ${id} could not be opened: ${String(error)}`);
    const retry = t('Retry');
    const chosen = await showError(t('Could not read this chat. Its files are kept.'), retry);
    if (chosen === retry) await openConversation(deps, id, place);
    return;
  }
  if (place) conversations.current.reveal(place.turnId);
  await openChat(place);
}

export interface HistoryPickDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly search: HistorySearch;
  readonly clock: Clock;
  /** Deletes a conversation and offers to undo that. Resolves when it is deleted. */
  readonly remove: (conversation: ConversationSummary) => Promise<void>;
}

/** What was chosen in the list. */
export type HistoryChoice =
  | { readonly action: 'cleanUp' }
  | { readonly action: 'rename'; readonly conversation: ConversationSummary }
  | {
      readonly action: 'open';
      readonly conversation: ConversationSummary;
      readonly place?: ConversationPlace;
    };

/** A single letter is in nearly every message. */
const minQueryLength = 2;

/** The list of the workspace's conversations, with full-text search. For one showing. */
export class HistoryPick {
  readonly #deps: HistoryPickDependencies;
  readonly #pick = vscode.window.createQuickPick<HistoryItem>();
  readonly #owned = new DisposableStore();
  #summaries: readonly ConversationSummary[];
  #hits: readonly MessageHit[] = [];
  #isIndexed = false;

  constructor(deps: HistoryPickDependencies, summaries: readonly ConversationSummary[]) {
    this.#deps = deps;
    this.#summaries = summaries;
  }

  /** Resolves with the choice, or undefined when the list was left. */
  async choose(inputs: QuickInputs): Promise<HistoryChoice | undefined> {
    const pick = this.#pick;
    pick.placeholder = t('Search titles, messages, and attachments');
    pick.matchOnDetail = true;
    pick.buttons = [
      { iconPath: new vscode.ThemeIcon('clear-all'), tooltip: t('Delete Old Chats…') },
    ];
    this.#render();
    this.#owned.addCall(this.#deps.conversations.onRunningChanged(() => this.#render()));
    this.#owned.add(pick.onDidChangeValue(() => this.#sought()));
    return new Promise<HistoryChoice | undefined>((resolve, reject) => {
      this.#owned.add(pick.onDidAccept(() => resolve(toChoice(pick.selectedItems[0]))));
      this.#owned.add(
        pick.onDidTriggerItemButton(({ item, button }) => {
          this.#press(item, button).then((choice) => choice && resolve(choice), reject);
        }),
      );
      this.#owned.add(pick.onDidTriggerButton(() => resolve({ action: 'cleanUp' })));
      this.#owned.add(pick.onDidHide(() => resolve(undefined)));
      inputs.show(pick);
    }).finally(() => this.#owned.dispose());
  }

  #sought(): void {
    const { value } = this.#pick;
    if (value.trim().length >= minQueryLength) this.#takeIn();
    this.#find();
  }

  /** The messages are read once, when the first words are typed. */
  #takeIn(): void {
    if (this.#isIndexed) return;
    this.#isIndexed = true;
    this.#pick.busy = true;
    const { search } = this.#deps;
    void search
      .update(this.#summaries, () => this.#find())
      .then(() => {
        this.#pick.busy = false;
        this.#find();
      });
  }

  #find(): void {
    const { value } = this.#pick;
    const isLong = value.trim().length >= minQueryLength;
    this.#hits = isLong ? this.#deps.search.find(value) : [];
    this.#render();
  }

  #render(): void {
    const { conversations, clock } = this.#deps;
    const active = this.#pick.activeItems[0]?.conversation?.id;
    const items = createHistoryItems({
      summaries: this.#summaries,
      hits: this.#hits,
      query: this.#pick.value,
      shownId: conversations.current.conversation.id,
      isRunning: (id) => conversations.isRunning(id),
      nowMs: clock.wallMs(),
    });
    this.#pick.title = t('Chats ({0})', formatSize(this.#summaries));
    this.#pick.items = items;
    const same = items.find(({ conversation }) => conversation && conversation.id === active);
    if (same && this.#pick.value === '') this.#pick.activeItems = [same];
  }

  async #press(
    { conversation }: HistoryItem,
    button: vscode.QuickInputButton,
  ): Promise<HistoryChoice | undefined> {
    if (!conversation) return undefined;
    const { id } = conversation;
    switch ((button as RowButton).action) {
      case 'rename':
        return { action: 'rename', conversation };
      case 'pin':
      case 'unpin':
        await this.#deps.conversations.pin(id, !conversation.pinned);
        break;
      case 'delete':
        await this.#deps.remove(conversation);
        break;
    }
    this.#summaries = await this.#deps.store.summaries();
    this.#find();
    return undefined;
  }
}

function toChoice(item: HistoryItem | undefined): HistoryChoice | undefined {
  if (!item?.conversation) return undefined;
  const { conversation, place } = item;
  return defined({ action: 'open', conversation, place });
}

/** A record's time may be slightly later than the wall clock, because times of records never decrease. */
const clockSlackMs = 1_000;

export interface DeletionDependencies {
  readonly conversations: Conversations;
  readonly store: WorkspaceStore;
  readonly clock: Clock;
}

/** Deletes a conversation; resolves with its content, for {@link offerUndo}. */
export async function deleteConversation(
  { conversations, store, clock }: DeletionDependencies,
  id: string,
): Promise<StoredConversation | undefined> {
  const deleted = await conversations.delete(id);
  if (deleted) clock.after(undoMs, () => void store.compact(undoMs - clockSlackMs));
  return deleted;
}

/** Reports the deletion, and restores the conversation if the user chooses Undo. */
export async function offerUndo(
  conversations: Conversations,
  deleted: StoredConversation,
): Promise<void> {
  const { title } = new Conversation(deleted.id, deleted.events);
  const sentence = t('Chat "{0}" deleted.', title);
  const chosen = await showInformation(sentence, t('Undo'));
  if (chosen !== undefined) await conversations.putBack(deleted);
}

export async function deleteShownConversation(deps: DeletionDependencies): Promise<void> {
  const { conversation } = deps.conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('No chat to delete.'));
    return;
  }
  const deleted = await deleteConversation(deps, conversation.id);
  if (deleted) await offerUndo(deps.conversations, deleted);
}

/** Asks for a new title. */
export async function renameConversation(
  conversations: Conversations,
  inputs: QuickInputs,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<void> {
  const typed = await inputs.text({
    title: t('Rename Chat'),
    value: title,
    validate: (text) => (text.trim() === '' ? t('Enter a title.') : undefined),
  });
  if (typed !== undefined) await conversations.rename(id, typed.trim());
}

export async function renameShownConversation(
  conversations: Conversations,
  focusReturn: FocusReturn,
): Promise<void> {
  const { conversation } = conversations.current;
  if (conversation.leaf === null) {
    await showInformation(t('No chat to rename.'));
    return;
  }
  const rename = (inputs: QuickInputs): Promise<void> =>
    renameConversation(conversations, inputs, conversation);
  await withQuickInputs(rename, focusReturn);
  focusReturn.returnToMessage();
}

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
    ...dialogTexts(t('Permanently delete {0}?', formatCountAndSize(summaries)), [
      t('This cannot be undone.'),
    ]),
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
