import * as vscode from 'vscode';
import { matchTemplate, escapeNotificationLinks } from '../shared/text';

/**
 * VS Code's notifications, in which nothing is a link: the one way to them, as their sentences hold words
 * of others. Each gives the button that was pressed.
 */

export function showInformation(
  sentence: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showInformationMessage(escapeNotificationLinks(sentence), ...buttons);
}

export function showWarning(
  sentence: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(escapeNotificationLinks(sentence), ...buttons);
}

export function showError(
  sentence: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showErrorMessage(escapeNotificationLinks(sentence), ...buttons);
}

export interface Step {
  readonly message: string;
  /** Of a hundred. */
  readonly increment: number;
}

/** A notification that stays while something is done. */
export function showProgress<T>(
  title: string,
  task: (report: (step: Step) => void, cancelled: vscode.CancellationToken) => Promise<T>,
  { cancellable = false } = {},
): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title: escapeNotificationLinks(title), cancellable },
    (progress, cancelled) =>
      task(
        (step) => progress.report({ ...step, message: escapeNotificationLinks(step.message) }),
        cancelled,
      ),
  );
}

/** Marks the sentences in a bundle that come from where there is no VS Code. */
const mark = '/client';

/**
 * Words that were made without VS Code (the client's, a server's usual ones, what a model is told of an
 * attachment), in the language of the person where the bundle knows their form; else as they are.
 */
export function translated(words: string): string {
  for (const key of Object.keys(vscode.l10n.bundle ?? {})) {
    const message = key.slice(0, -mark.length);
    const parts = key.endsWith(mark) ? matchTemplate(message, words) : undefined;
    if (!parts) continue;
    return vscode.l10n.t({ message, comment: [mark.slice(1)], args: parts.map(translated) });
  }
  return words;
}
