import * as vscode from 'vscode';
import type { ConversationPlace, ConversationSummary } from '../conversation/ports';
import { defined } from '../shared/defined';
import { asIconLabel, isolateDirection } from '../shared/hiddenCharacters';
import { bytes } from '../ui/formatNumbers';
import { createSnippet, type MessageHit } from './historySearch';

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
export function createHistoryItems(list: HistoryList): readonly HistoryItem[] {
  const { summaries, query } = list;
  if (query.trim() !== '') return createFoundItems(list);
  const items: HistoryItem[] = [];
  let heading = '';
  for (const summary of [...summaries].sort((a, b) => Number(b.pinned) - Number(a.pinned))) {
    const own = summary.pinned ? t('Pinned') : getPeriod(summary.updatedAt, list.nowMs);
    if (own !== heading) items.push({ label: own, kind: vscode.QuickPickItemKind.Separator });
    heading = own;
    items.push(createItem(summary, list));
  }
  return items;
}

/** VS Code drops the rows without a hit whose title does not match, either. */
function createFoundItems(list: HistoryList): readonly HistoryItem[] {
  const { summaries, hits, query } = list;
  const byId = new Map(summaries.map((summary) => [summary.id, summary]));
  const found = hits.flatMap((hit): HistoryItem[] => {
    const summary = byId.get(hit.conversationId);
    byId.delete(hit.conversationId);
    if (!summary) return [];
    const { line, found } = createSnippet(hit, query);
    // What is attached is not on the page, but its name is.
    const text = hit.attachment ?? found;
    return [
      defined({
        ...createItem(summary, list),
        detail: formatDetail(hit, isolateDirection(asIconLabel(line, 500))),
        place: text === '' ? undefined : { turnId: hit.turnId, text },
        alwaysShow: true,
      }),
    ];
  });
  return [...found, ...[...byId.values()].map((summary) => createItem(summary, list))];
}

function formatDetail({ role, attachment }: MessageHit, line: string): string {
  if (attachment !== undefined) return t('Attached {0}: {1}', asIconLabel(attachment), line);
  return role === 'user' ? t('You: {0}', line) : line;
}

function createItem(conversation: ConversationSummary, list: HistoryList): HistoryItem {
  const { id, title, updatedAt, pinned } = conversation;
  const isRunning = list.isRunning(id);
  const states = [
    ...(isRunning ? [t('answering')] : []),
    ...(id === list.shownId ? [t('current')] : []),
  ];
  return {
    label: isolateDirection(asIconLabel(title === '' ? t('Untitled') : title)),
    description: [...states, formatTime(updatedAt, list.nowMs)].join(' · '),
    iconPath: new vscode.ThemeIcon(isRunning ? 'loading~spin' : getIcon(pinned)),
    buttons: [
      pinned ? createButton('unpin') : createButton('pin'),
      createButton('rename'),
      createButton('delete'),
    ],
    conversation,
  };
}

function getIcon(pinned: boolean): string {
  return pinned ? 'pinned' : 'comment';
}

function createButton(action: RowButton['action']): RowButton {
  const [icon, tooltip] = buttons[action];
  return { action, iconPath: new vscode.ThemeIcon(icon), tooltip };
}

const buttons: Readonly<Record<RowButton['action'], readonly [icon: string, tooltip: string]>> = {
  pin: ['pin', t('Pin')],
  unpin: ['pinned', t('Unpin')],
  rename: ['edit', t('Rename')],
  delete: ['trash', t('Delete')],
};

/** A point in time as the list shows it, of today without the date; milliseconds since 1970. */
export function formatTime(ms: number, nowMs: number): string {
  const dateStyle = countDaysBetween(ms, nowMs) === 0 ? undefined : 'medium';
  const style = defined({ dateStyle, timeStyle: 'short' });
  return new Date(ms).toLocaleString(vscode.env.language, style);
}

/** The heading for a conversation of that time in the list. */
export function getPeriod(ms: number, nowMs: number): string {
  const days = countDaysBetween(ms, nowMs);
  if (days <= 0) return t('Today');
  if (days === 1) return t('Yesterday');
  if (days < 7) return t('Last 7 Days');
  return days < 30 ? t('Last 30 Days') : t('Older');
}

/** Midnights of this place between two points in time. */
function countDaysBetween(ms: number, nowMs: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  // A day of a change of the clocks is not as long as others.
  return Math.round((midnight(nowMs) - midnight(ms)) / 86_400_000);
}

/** What conversations take on disk together, as it is shown. */
export function formatSize(summaries: readonly ConversationSummary[]): string {
  return bytes(summaries.reduce((sum, summary) => sum + summary.bytes, 0));
}
