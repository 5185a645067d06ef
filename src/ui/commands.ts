import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { showError } from './dialogs';

/** Every command of the manifest; a contract test compares the two. */
export const commandIds = [
  'cria.openChat',
  'cria.newConversation',
  'cria.showHistory',
  'cria.renameConversation',
  'cria.deleteConversation',
  'cria.exportConversation',
  'cria.importConversations',
  'cria.stop',
  'cria.regenerate',
  'cria.continueAnswer',
  'cria.askWithModel',
  'cria.deleteMessage',
  'cria.copyText',
  'cria.copyMarkdown',
  'cria.copyBlock',
  'cria.copyCode',
  'cria.selectModel',
  'cria.selectExplainModel',
  'cria.pullModel',
  'cria.pausePull',
  'cria.forgetPull',
  'cria.unloadModel',
  'cria.deleteModel',
  'cria.copyModelName',
  'cria.showModelDetails',
  'cria.editModelValues',
  'cria.setContextLength',
  'cria.refreshModels',
  'cria.startOllama',
  'cria.changeAddress',
  'cria.diagnoseConnection',
  'cria.setApiKey',
  'cria.copyReport',
  'cria.showMenu',
  'cria.explainSelection',
  'cria.explainSymbol',
  'cria.explainProblem',
  'cria.askAboutSelection',
  'cria.askAboutFile',
  'cria.attachSelection',
  'cria.attachFile',
  'cria.attachProblems',
  'cria.attachGitDiff',
  'cria.followUpExplanation',
  'cria.stopExplanation',
  'cria.retryExplanation',
  'cria.explainChangedCode',
  'cria.copyExplanation',
  'cria.continueExplanation',
  'cria.showSent',
  'cria.dismissExplanation',
  'cria.fixExplanation',
  'cria.openPrompts',
  'cria.applyChange',
  'cria.discardChange',
  'cria.leaveList',
  'cria.showLog',
] as const;
export type CommandId = (typeof commandIds)[number];

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
