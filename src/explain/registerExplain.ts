import * as vscode from 'vscode';
import { OnDemand } from '../activation/deferredStartup';
import type { ExplanationStore } from '../conversation/ports';
import type { CommandId } from '../ui/commandIds';
import { type CommandHandler, registerCommand } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { Fixes } from '../ui/recoveryActions';
import { registerThreadActions } from './explainCommands';
import type { Explanations, ExplanationsDependencies } from './explanations';
import { loadExplanations } from './explanationsLoader';

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

/**
 * Before 1.107, VS Code opens a thread by a click on its glyph only in documents that one can comment on.
 * "As a whole" says so without an offer of anything; told anew, VS Code asks again about those it shows.
 */
export function openByGlyph(
  controller: vscode.CommentController,
  hasThread: (uri: vscode.Uri) => boolean,
): void {
  if (vscode.version.localeCompare('1.107', 'en', { numeric: true }) >= 0) return;
  controller.commentingRangeProvider = {
    provideCommentingRanges: ({ uri }) => (hasThread(uri) ? { enableFileComments: true } : null),
  };
}
