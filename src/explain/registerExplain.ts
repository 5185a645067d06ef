import { registerCommand } from '../workspace/commands';
import { DisposableStore, type Disposable } from '../workspace/disposables';
import type { Fixes } from '../workspace/fixes';
import { askAboutFile, askAboutSelection, type WriteInChat } from './askAbout';
import { registerCodeActions } from './codeActions';
import { trackExplainable } from './contextKeys';
import { explainProblem, explainSelection, explainSymbol } from './entries';
import { Explanations, type ExplanationsDependencies } from './explanations';
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
  const all = owned.add(new Explanations(deps));
  owned.add(trackExplainable());
  owned.add(registerCodeActions(deps.offersCodeActions));
  owned.add(registerThreadActions(all, deps));
  const askSelection = (): Promise<void> => askAboutSelection(writeInChat);
  owned.add(registerCommand('cria.explainSelection', logger, () => explainSelection(all)));
  owned.add(registerCommand('cria.explainSymbol', logger, () => explainSymbol(all)));
  owned.add(registerCommand('cria.explainProblem', logger, (...args) => explainProblem(all, args)));
  owned.add(registerCommand('cria.askAboutSelection', logger, askSelection));
  owned.add(registerCommand('cria.askAboutFile', logger, () => askAboutFile(writeInChat)));
  all.restore().catch((error: unknown) => logger.error(String(error)));
  return owned;
}
