import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { CommandId } from './commandIds';
import { showError } from './dialogs';

export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** A handler for each command. Every feature gives its own; `app.ts` joins them, and a missing one does not compile. */
export type Commands<Id extends CommandId = CommandId> = Readonly<Record<Id, CommandHandler>>;

/**
 * Runs a command. What its handler throws is logged, and the user sees a notification with a button that
 * opens the log.
 * @returns what the handler returned; undefined if it failed
 */
export async function runCommand(
  commands: Commands,
  logger: Logger,
  id: CommandId,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    return await commands[id](...args);
  } catch (error) {
    logger.error(`${id}: ${describeThrown(error)}`);
    await offerLog(vscode.l10n.t('The command failed.'));
    return undefined;
  }
}

async function offerLog(sentence: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const chosen = await showError(sentence, showLog);
  if (chosen === showLog) await vscode.commands.executeCommand('cria.showLog' satisfies CommandId);
}

/** Anything can be thrown, also values that cannot be converted to a string. */
function describeThrown(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return typeof error === 'string' ? error : `a thrown ${typeof error}`;
}
