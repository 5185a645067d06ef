import type { Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { CodeAction } from '../shared/protocol';
import type { Asking } from '../ui/focusReturn';
import { registerCommand } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';
import { OnDemand } from '../activation/deferredStartup';
import { loadBlockActions } from './blockActionsLoader';

/** What can be done with the code and the names of an answer. */
export interface AnswerParts extends Disposable {
  act(action: CodeAction, answer: string, block: number): Promise<void>;
  known(names: readonly string[]): Promise<readonly string[]>;
  open(name: string): Promise<void>;
}

export function registerBlocks({
  clock,
  logger,
  asking,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly asking: Asking;
}): AnswerParts {
  const owned = new DisposableStore();
  const actions = owned.add(new OnDemand(() => loadBlockActions(clock, asking)));
  owned.add(registerCommand('cria.applyChange', logger, (at) => actions.made?.decide(at, true)));
  owned.add(registerCommand('cria.discardChange', logger, (at) => actions.made?.decide(at, false)));
  return {
    act: async (action, answer, block) => (await actions.get()).act(action, answer, block),
    known: async (names) => (await actions.get()).names.known(names),
    open: async (name) => (await actions.get()).names.open(name),
    dispose: () => owned.dispose(),
  };
}
