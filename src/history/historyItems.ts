import * as vscode from 'vscode';
import type { ConversationPlace, ConversationSummary } from '../conversation/ports';
import type { MessageHit } from './messageIndex';
import { snippetOf } from './snippet';
import { period, when } from './when';

const { t } = vscode.l10n;

/** What a button of a row does. */
export interface RowButton extends vscode.QuickInputButton {
  readonly action: 'pin' | 'unpin' | 'rename' | 'delete';
}

/** A row of the list; a heading between rows has no conversation. */
export interface HistoryItem extends vscode.QuickPickItem {
  readonly conversation?: ConversationSummary;
  /** Where the conversation has what was sought. */
  readonly place?: ConversationPlace;
  readonly buttons?: readonly RowButton[];
}

export interface HistoryList {
  readonly summaries: readonly ConversationSummary[];
  readonly hits: readonly MessageHit[];
  readonly query: string;
  readonly shownId: string;
  readonly isRunning: (id: string) => boolean;
  readonly nowMs: number;
}

/** The rows: what was found, best first; or everything, pinned ones first and then as last used. */
export function historyItems(list: HistoryList): readonly HistoryItem[] {
  const { summaries, query } = list;
  if (query.trim() !== '') return foundItems(list);
  const items: HistoryItem[] = [];
  let heading = '';
  for (const summary of [...summaries].sort((a, b) => Number(b.pinned) - Number(a.pinned))) {
    const own = summary.pinned ? t('Pinned') : period(summary.updatedAt, list.nowMs);
    if (own !== heading) items.push({ label: own, kind: vscode.QuickPickItemKind.Separator });
    heading = own;
    items.push(itemOf(summary, list));
  }
  return items;
}

/** VS Code drops the rows without a hit whose title does not match, either. */
function foundItems(list: HistoryList): readonly HistoryItem[] {
  const { summaries, hits, query } = list;
  const byId = new Map(summaries.map((summary) => [summary.id, summary]));
  const found = hits.flatMap((hit): HistoryItem[] => {
    const summary = byId.get(hit.conversationId);
    byId.delete(hit.conversationId);
    if (!summary) return [];
    const { line, found } = snippetOf(hit, query);
    // What is attached is not on the page, but its name is.
    const text = hit.attachment ?? found;
    return [
      {
        ...itemOf(summary, list),
        detail: asText(detailOf(hit, line)),
        ...(text === '' ? {} : { place: { turnId: hit.turnId, text } }),
        alwaysShow: true,
      },
    ];
  });
  return [...found, ...[...byId.values()].map((summary) => itemOf(summary, list))];
}

function detailOf({ role, attachment }: MessageHit, line: string): string {
  if (attachment !== undefined) return t('Attached {0}: {1}', attachment, line);
  return role === 'user' ? t('You: {0}', line) : line;
}

function itemOf(conversation: ConversationSummary, list: HistoryList): HistoryItem {
  const { id, title, updatedAt, pinned } = conversation;
  const isRunning = list.isRunning(id);
  const states = [
    ...(isRunning ? [t('answering')] : []),
    ...(id === list.shownId ? [t('shown now')] : []),
  ];
  return {
    label: asText(title === '' ? t('Untitled') : title),
    description: [...states, when(updatedAt, list.nowMs)].join(' · '),
    iconPath: new vscode.ThemeIcon(isRunning ? 'loading~spin' : iconOf(pinned)),
    buttons: [pinned ? button('unpin') : button('pin'), button('rename'), button('delete')],
    conversation,
  };
}

function iconOf(pinned: boolean): string {
  return pinned ? 'pinned' : 'comment';
}

function button(action: RowButton['action']): RowButton {
  const [icon, tooltip] = buttons[action];
  return { action, iconPath: new vscode.ThemeIcon(icon), tooltip };
}

const buttons: Readonly<Record<RowButton['action'], readonly [icon: string, tooltip: string]>> = {
  pin: ['pin', t('Pin')],
  unpin: ['pinned', t('Unpin')],
  rename: ['edit', t('Rename')],
  delete: ['trash', t('Delete')],
};

/** Somebody's words are never an icon. */
function asText(words: string): string {
  return words.replaceAll('$(', String.raw`\$(`);
}
