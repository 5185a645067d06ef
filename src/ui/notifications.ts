import * as vscode from 'vscode';
import { matchTemplate, escapeNotificationLinks } from '../shared/text';

/**
 * The only way to VS Code's notifications. It removes Markdown links, because messages contain text of
 * models and servers. Each function returns the button that was pressed.
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
  /** In percent. */
  readonly increment: number;
}

/** A progress notification that stays while a task runs. */
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

/** Ends the keys of sentences that come from code without VS Code. */
const mark = '/client';

/**
 * Translates a sentence that was made without VS Code (by the client, a server, or for an attachment) if the
 * l10n bundle has its form; else returns it unchanged.
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
