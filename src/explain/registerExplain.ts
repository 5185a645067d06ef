import { registerCommand } from '../workspace/commands';
import { DisposableStore, type Disposable } from '../workspace/disposables';
import { Explanations, type ExplainDependencies } from './explanations';

/** *Explain Selection* and everything one can do with the threads it makes. */
export function registerExplain(deps: ExplainDependencies): Disposable {
  const { logger } = deps;
  const owned = new DisposableStore();
  const all = owned.add(new Explanations(deps));
  owned.add(registerCommand('cria.explainSelection', logger, () => all.explainSelection()));
  owned.add(registerCommand('cria.followUpExplanation', logger, (reply) => all.followUp(reply)));
  owned.add(registerCommand('cria.stopExplanation', logger, (thread) => all.stop(thread)));
  owned.add(registerCommand('cria.retryExplanation', logger, (thread) => all.retry(thread)));
  owned.add(registerCommand('cria.dismissExplanation', logger, (thread) => all.dismiss(thread)));
  owned.add(registerCommand('cria.fixExplanation', logger, (...args) => all.fix(...args)));
  return owned;
}
