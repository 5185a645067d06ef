import * as vscode from 'vscode';
import type { ContextChange } from '../shared/turn';
import { bytes } from './formatNumbers';
import { showStatus } from './dialogs';

const { t } = vscode.l10n;

/** A context length as the meter shows it: `16k`. */
export function shortLength(tokens: number): string {
  return tokens < 1000 ? String(tokens) : `${Math.round(tokens / 1024)}k`;
}

/** What raising the context costs, as the label of its button. */
export function describeOffer({ to, extraBytes }: ContextChange): string {
  return extraBytes === undefined
    ? t('Retry with {0}', shortLength(to))
    : t('Retry with {0} (+{1})', shortLength(to), bytes(extraBytes));
}

/** Where there is no answer in the chat that could say it. */
export function showRaise(model: string, { to, extraBytes }: ContextChange): void {
  const message =
    extraBytes === undefined
      ? t('Context length increased to {0}. {1} reloads once.', shortLength(to), model)
      : t(
          'Context length increased to {0}. {1} reloads once (about +{2}).',
          shortLength(to),
          model,
          bytes(extraBytes),
        );
  showStatus(message, 10_000);
}
