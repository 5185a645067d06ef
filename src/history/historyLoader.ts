import type { HistoryActions, HistoryDependencies } from './historyCommands';
import type { MessageIndex } from './messageIndex';

/** The list of conversations and what is done with them: a bundle of its own, read when it is wanted. */
export async function loadHistory(deps: HistoryDependencies): Promise<HistoryActions> {
  const module = await import('./historyCommands');
  return new module.HistoryActions(deps);
}

/** An empty index. With its library it is a bundle of its own, read when somebody first searches. */
export async function loadMessageIndex(): Promise<MessageIndex> {
  const module = await import('./messageIndex');
  return new module.MessageIndex();
}
