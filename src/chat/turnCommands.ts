import * as v from 'valibot';
import type { Conversations } from '../conversation/conversations';
import type { Logger } from '../conversation/ports';
import type { ConversationSession } from '../conversation/session';
import type { Asking } from '../ui/focusReturn';
import { registerCommand } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';
import { deleteTurn } from './deleteTurn';

export interface TurnCommandDependencies {
  readonly conversations: Conversations;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly logger: Logger;
  readonly asking: Asking;
  /** Puts the caret into the message. */
  readonly toMessage: () => Promise<void>;
}

/** What VS Code gives a command of the page's context menu: the page's own `data-vscode-context`. */
const menuContext = v.object({ turnId: v.pipe(v.string(), v.maxLength(64)) });

/** What one can do with a single turn, from the page's context menu or, for the last, the palette. */
export function registerTurnCommands(deps: TurnCommandDependencies): Disposable {
  const { conversations, chooseModel, logger, asking, toMessage } = deps;
  const owned = new DisposableStore();
  const onTurn =
    (run: (session: ConversationSession, turnId: string) => unknown) =>
    (argument: unknown): unknown => {
      const { current } = conversations;
      const turnId = argument === undefined ? current.conversation.leaf : pointedAt(argument);
      return typeof turnId === 'string' ? run(current, turnId) : undefined;
    };
  const askWithModel = async (session: ConversationSession, turnId: string): Promise<void> => {
    const model = await chooseModel();
    if (model === undefined) return;
    session.regenerate(turnId, model);
    asking.over();
  };
  const regenerate = onTurn((session, id) => session.regenerate(id));
  const proceed = onTurn((session, id) => session.continueTurn(id));
  owned.add(registerCommand('cria.regenerate', logger, regenerate));
  owned.add(registerCommand('cria.continueAnswer', logger, proceed));
  owned.add(
    registerCommand('cria.askWithModel', logger, (argument) => {
      const ask = (): Promise<unknown> => Promise.resolve(onTurn(askWithModel)(argument));
      // By the page's own menu, or by the palette.
      return pointedAt(argument) === undefined ? ask() : asking.inPanel(ask);
    }),
  );
  // Never by a bare call: what is deleted must have been pointed at.
  owned.add(
    registerCommand('cria.deleteMessage', logger, async (argument) => {
      const turnId = pointedAt(argument);
      if (turnId !== undefined) await deleteTurn(conversations.current, turnId, toMessage);
    }),
  );
  return owned;
}

function pointedAt(argument: unknown): string | undefined {
  const context = v.safeParse(menuContext, argument);
  return context.success ? context.output.turnId : undefined;
}
