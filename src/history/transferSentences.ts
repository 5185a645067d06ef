import * as vscode from 'vscode';
import type { Step } from '../ui/dialogs';
import type { TransferSteps } from './conversationTransfer';

const { t } = vscode.l10n;

/** A notification has room for this many titles. */
const maxTitles = 5;
/** Of a title, in UTF-16 code units. */
const maxTitleLength = 60;

/** A list of titles in quotation marks; of many the first, and how many more there are. */
export function formatTitles(titles: readonly string[]): string {
  const named = titles.slice(0, maxTitles).map((title) => `"${shorten(title)}"`);
  const more = titles.length - named.length;
  return new Intl.ListFormat(vscode.env.language).format([
    ...named,
    ...(more > 0 ? [t('{0} more', more)] : []),
  ]);
}

function shorten(title: string): string {
  if (title === '') return t('Untitled');
  return title.length > maxTitleLength ? `${title.slice(0, maxTitleLength)}…` : title;
}

/** Shows in a progress notification how many of `total` conversations are done. */
export function reportSteps(
  total: number,
  report: (step: Step) => void,
  cancelled: vscode.CancellationToken,
): Omit<TransferSteps, 'logger'> {
  return {
    isCancelled: () => cancelled.isCancellationRequested,
    onProgress: (done) =>
      report({
        message: t('{0} of {1}', done + 1, total),
        increment: done === 0 ? 0 : 100 / total,
      }),
  };
}
