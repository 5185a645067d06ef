import type { ExplanationStore } from '../conversation/ports';
import type { CommandId } from '../ui/commandIds';
import { registerCommand, type CommandHandler } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';
import type { Fixes } from '../ui/recoveryActions';
import type { Explanations, ExplanationsDependencies } from './explanations';
import { loadExplanations } from './explanationsLoader';
import { OnDemand } from '../activation/onDemand';
import { registerThreadActions } from './threadActions';

export interface ExplainDependencies extends ExplanationsDependencies {
  readonly fixes: Fixes;
}

export interface RegisteredExplain extends Disposable {
  /** Shows what is stored and not shown yet. */
  restore(): Promise<void>;
}

type Entry = (explanations: Explanations, args: readonly unknown[]) => Promise<void>;

/** The commands for explanations, and what one can do with the threads. */
export function registerExplain(deps: ExplainDependencies): RegisteredExplain {
  const { logger } = deps;
  const owned = new DisposableStore();
  const all = owned.add(new OnDemand<Explanations>(() => loadExplanations(deps)));
  owned.add(registerThreadActions(all, deps));
  const commands: Readonly<Record<string, Entry>> = {
    'cria.explainSelection': (explanations) => explanations.explainSelection(),
    'cria.explainSymbol': (explanations) => explanations.explainSymbol(),
    'cria.explainProblem': (explanations, args) => explanations.explainProblem(args),
  } satisfies Partial<Record<CommandId, Entry>>;
  for (const [id, run] of Object.entries(commands)) {
    const onceLoaded: CommandHandler = async (...args) => run(await all.get(), args);
    owned.add(registerCommand(id as CommandId, logger, onceLoaded));
  }
  const restore = (): Promise<void> => restoreAll(all, deps.store);
  restore().catch((error: unknown) => logger.error(String(error)));
  return { restore, dispose: () => owned.dispose() };
}

/** Brings back what was explained when the window was last open. */
async function restoreAll(all: OnDemand<Explanations>, store: ExplanationStore): Promise<void> {
  const stored = await store.all();
  if (stored.length > 0) (await all.get()).restore(stored);
}
