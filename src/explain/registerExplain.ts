import type { ExplanationStore } from '../conversation/ports';
import { registerCommand } from '../workspace/commands';
import { DisposableStore, type Disposable } from '../workspace/disposables';
import type { Fixes } from '../workspace/fixes';
import { askAboutFile, askAboutSelection, type WriteInChat } from './askAbout';
import { registerCodeActions } from './codeActions';
import { trackExplainable } from './contextKeys';
import { explainProblem, explainSelection, explainSymbol } from './entries';
import type { Explanations, ExplanationsDependencies } from './explanations';
import { loadExplanations } from './loadExplanations';
import { OnDemand } from './onDemand';
import type { Target } from './target';
import { registerThreadActions } from './threadActions';

export interface ExplainDependencies extends ExplanationsDependencies {
  readonly fixes: Fixes;
  readonly offersCodeActions: () => boolean;
  readonly writeInChat: WriteInChat;
}

/** Every way to an explanation or a question about code, and what one can do with the threads. */
export function registerExplain(deps: ExplainDependencies): Disposable {
  const { logger, writeInChat } = deps;
  const owned = new DisposableStore();
  const all = owned.add(new OnDemand<Explanations>(() => loadExplanations(deps)));
  owned.add(trackExplainable());
  owned.add(registerCodeActions(deps.offersCodeActions));
  owned.add(registerThreadActions(all, deps));
  const show = async (target: Target): Promise<void> => (await all.get()).explain(target);
  const askSelection = (): Promise<void> => askAboutSelection(writeInChat);
  owned.add(registerCommand('cria.explainSelection', logger, () => explainSelection(show)));
  owned.add(registerCommand('cria.explainSymbol', logger, () => explainSymbol(show)));
  owned.add(
    registerCommand('cria.explainProblem', logger, (...args) => explainProblem(show, args)),
  );
  owned.add(registerCommand('cria.askAboutSelection', logger, askSelection));
  owned.add(registerCommand('cria.askAboutFile', logger, () => askAboutFile(writeInChat)));
  restore(all, deps.store).catch((error: unknown) => logger.error(String(error)));
  return owned;
}

/** Brings back what was explained when the window was last open. */
async function restore(all: OnDemand<Explanations>, store: ExplanationStore): Promise<void> {
  const stored = await store.all();
  if (stored.length > 0) (await all.get()).restore(stored);
}
