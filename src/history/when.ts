import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** A point in time as the list shows it, of today without the date; milliseconds since 1970. */
export function when(ms: number, nowMs: number): string {
  const isToday = daysBetween(ms, nowMs) === 0;
  return new Date(ms).toLocaleString(vscode.env.language, {
    ...(isToday ? {} : { dateStyle: 'medium' }),
    timeStyle: 'short',
  });
}

/** The heading under which a conversation of that time stands in the list. */
export function period(ms: number, nowMs: number): string {
  const days = daysBetween(ms, nowMs);
  if (days <= 0) return t('Today');
  if (days === 1) return t('Yesterday');
  if (days < 7) return t('Last 7 Days');
  return days < 30 ? t('Last 30 Days') : t('Older');
}

/** Midnights of this place between two points in time. */
function daysBetween(ms: number, nowMs: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  // A day of a change of the clocks is not as long as others.
  return Math.round((midnight(nowMs) - midnight(ms)) / 86_400_000);
}
