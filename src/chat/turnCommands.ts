import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { Logger } from '../conversation/ports';
import type { ConversationSession } from '../conversation/session';
import { registerCommand } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { failureNotice } from '../ui/failureMessages';
import type { Asking } from '../ui/focusReturn';
import { showProgress, showWarning } from '../ui/notifications';
import type { Bridge } from './bridge';

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

const text = v.optional(v.pipe(v.string(), v.maxLength(4 * 1024 * 1024)), '');

/** What the page says of the place where its context menu was opened. */
const copyContext = v.object({
  criaText: text,
  criaMarkdown: text,
  criaBlock: text,
  criaCode: text,
});

type Copied = keyof v.InferOutput<typeof copyContext>;

/** Copying a message, or a part of it, from the page's context menu. */
export function registerCopyCommands(logger: Logger): Disposable {
  const owned = new DisposableStore();
  const copy =
    (what: Copied) =>
    async (argument: unknown): Promise<void> => {
      const place = v.safeParse(copyContext, argument);
      const copied = place.success ? place.output[what] : '';
      if (copied !== '') await vscode.env.clipboard.writeText(copied);
    };
  owned.add(registerCommand('cria.copyText', logger, copy('criaText')));
  owned.add(registerCommand('cria.copyMarkdown', logger, copy('criaMarkdown')));
  owned.add(registerCommand('cria.copyBlock', logger, copy('criaBlock')));
  owned.add(registerCommand('cria.copyCode', logger, copy('criaCode')));
  return owned;
}

const { t } = vscode.l10n;

/**
 * Takes a turn out of the conversation, once the person has said so: there is no way back.
 *
 * @param toMessage a dialog gives the focus back to the panel, but to nothing in it
 */
export async function deleteTurn(
  session: ConversationSession,
  turnId: string,
  toMessage: () => Promise<void>,
): Promise<void> {
  const turn = session.conversation.turn(turnId);
  if (!turn || session.running) return;
  const remove = t('Delete');
  const sentence =
    turn.role === 'user'
      ? t('Delete this message and its answers?')
      : t('Delete this answer? Your message is kept.');
  const chosen = await vscode.window.showWarningMessage(sentence, { modal: true }, remove);
  if (chosen === remove) session.deleteTurn(turnId);
  await toMessage();
}

/**
 * Has the model sum up the conversation, and begins a new one with that as the text of a message: the
 * person reads it, changes it, and sends it or not.
 *
 * @param write puts text into the message that is being written
 */
export async function startAnew(
  conversations: Conversations,
  origin: string,
  write: (text: string) => void,
): Promise<void> {
  const { current } = conversations;
  if (current.running || current.conversation.leaf === null) return;
  const summary = await showProgress(
    t('Cria: Summarizing chat'),
    (_report, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return current.summarize(controller.signal);
    },
    { cancellable: true },
  );
  if (summary.kind === 'cancelled') return;
  if (summary.kind === 'failed' || summary.text === '') {
    const sentence =
      summary.kind === 'failed'
        ? failureNotice(summary.failure, current.model, origin).sentence
        : t('The model returned an empty answer.');
    const again = t('Retry');
    const chosen = await showWarning(sentence, again);
    if (chosen === again) await startAnew(conversations, origin, write);
    return;
  }
  conversations.startNew();
  write(`${t('Summary of our conversation so far:')}\n\n${summary.text}\n\n`);
}

/**
 * Puts text into the message that is being written. A post is lost when its page goes at that moment: so it
 * is in the draft first, and the next page has it if this one, or none, did not get it.
 *
 * @param bridge to the page that is there now
 */
export function writeMessage(
  conversations: Conversations,
  bridge: Bridge | undefined,
  text: string,
): void {
  conversations.saveDraft([conversations.draft, text].filter(Boolean).join('\n'));
  if (bridge?.isLive) bridge.focusComposer(text);
}
