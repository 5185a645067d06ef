import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { CommandId } from './commandIds';
import type { Disposable } from './disposables';
import { showError } from './notifications';

export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** What each command does: VS Code has known them all since activation, and asks for it here. */
const handlers = new Map<CommandId, CommandHandler>();

/**
 * Says what one command does, inside the one funnel of errors: what a handler throws is logged, and the
 * person sees a sentence with a way to the log.
 */
export function registerCommand(
  id: CommandId,
  logger: Logger,
  handler: CommandHandler,
): Disposable {
  handlers.set(id, async (...args) => {
    try {
      return await handler(...args);
    } catch (error) {
      logger.error(`${id}: ${wordsOf(error)}`);
      await offerLog(vscode.l10n.t('The command failed.'));
      return undefined;
    }
  });
  return { dispose: () => handlers.delete(id) };
}

export function runCommand(id: CommandId, args: readonly unknown[]): unknown {
  const handler = handlers.get(id);
  if (!handler) throw new Error(`Nothing is registered for ${id}.`);
  return handler(...args);
}

async function offerLog(sentence: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const chosen = await showError(sentence, showLog);
  if (chosen === showLog) await vscode.commands.executeCommand('cria.showLog' satisfies CommandId);
}

/** What is thrown may be anything, also what cannot be made a text. */
function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return typeof error === 'string' ? error : `a thrown ${typeof error}`;
}
