import { registerCommand } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';
import { OnDemand } from '../activation/deferredStartup';
import type { HistoryActions, HistoryDependencies } from './historyCommands';
import { keepTidy } from './keepTidy';
import { loadHistory } from './historyLoader';

/** Those that ask something in a list or a box. */
const lists: ReadonlySet<string> = new Set(['cria.showHistory', 'cria.renameConversation']);

/** The commands about whole conversations. Each waits until the memory has been read. */
export function registerHistory(deps: HistoryDependencies): Disposable {
  const { conversations, store, clock, logger, asking } = deps;
  const owned = new DisposableStore();
  owned.add(keepTidy({ store, clock, isBusy: () => conversations.isBusy }));
  const actions = owned.add(new OnDemand<HistoryActions>(() => loadHistory(deps)));
  const commands = {
    'cria.showHistory': (history: HistoryActions) => history.show(),
    'cria.renameConversation': (history: HistoryActions) => history.rename(),
    'cria.deleteConversation': (history: HistoryActions) => history.delete(),
    'cria.exportConversation': (history: HistoryActions) => history.export(),
    'cria.importConversations': (history: HistoryActions) => history.import(),
  } as const;
  for (const [id, run] of Object.entries(commands)) {
    const onceRestored = async (): Promise<void> => {
      await conversations.restored();
      await run(await actions.get());
    };
    owned.add(
      registerCommand(id as keyof typeof commands, logger, (...args) =>
        lists.has(id) ? asking.fromTitle(args, onceRestored) : onceRestored(),
      ),
    );
  }
  return owned;
}
