import type { HistoryActions, HistoryDependencies } from './historyActions';

/** The list of conversations and what is done with them: a bundle of its own, read when it is wanted. */
export async function loadHistory(deps: HistoryDependencies): Promise<HistoryActions> {
  const module = await import('./historyActions');
  return new module.HistoryActions(deps);
}
