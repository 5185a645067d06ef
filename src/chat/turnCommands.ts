import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationSession } from '../conversation/session';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import { failureNotice } from '../ui/failureMessages';
import type { FocusReturn } from '../ui/focusReturn';
import { showProgress, showWarning } from '../ui/notifications';
import type { Bridge } from './bridge';

export interface TurnCommandDependencies {
  readonly conversations: Conversations;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly focusReturn: FocusReturn;
  /** Puts the caret into the message. */
  readonly toMessage: () => Promise<void>;
}

/** What VS Code gives a command of the page's context menu: the page's own `data-vscode-context`. */
const menuContext = v.object({ turnId: v.pipe(v.string(), v.maxLength(64)) });

type TurnCommand = Extract<
  CommandId,
  'cria.regenerate' | 'cria.continueAnswer' | 'cria.askWithModel' | 'cria.deleteMessage'
>;

/** What the user does with a single turn, from the page's context menu or, for the last one, the palette. */
export function turnCommands(deps: TurnCommandDependencies): Commands<TurnCommand> {
  const { conversations, chooseModel, focusReturn, toMessage } = deps;
  const onTurn =
    (run: (session: ConversationSession, turnId: string) => unknown) =>
    (argument: unknown): unknown => {
      const { current } = conversations;
      const turnId =
        argument === undefined ? current.conversation.leaf : parseTurnContext(argument);
      return typeof turnId === 'string' ? run(current, turnId) : undefined;
    };
  const askWithModel = async (session: ConversationSession, turnId: string): Promise<void> => {
    const model = await chooseModel();
    if (model === undefined) return;
    session.regenerate(turnId, model);
    focusReturn.returnToMessage();
  };
  return {
    'cria.regenerate': onTurn((session, id) => session.regenerate(id)),
    'cria.continueAnswer': onTurn((session, id) => session.continueTurn(id)),
    'cria.askWithModel': (argument) => {
      const ask = (): Promise<unknown> => Promise.resolve(onTurn(askWithModel)(argument));
      // From the page's own menu, or from the palette.
      return parseTurnContext(argument) === undefined ? ask() : focusReturn.fromPanel(ask);
    },
    // Never without an argument: a message is deleted only where the user pointed at it.
    'cria.deleteMessage': async (argument) => {
      const turnId = parseTurnContext(argument);
      if (turnId !== undefined) await deleteTurn(conversations.current, turnId, toMessage);
    },
  };
}

function parseTurnContext(argument: unknown): string | undefined {
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

type CopyCommand = Extract<CommandId, `cria.copy${'Text' | 'Markdown' | 'Block' | 'Code'}`>;

/** Copies a message, or a part of it, from the page's context menu. */
export function copyCommands(): Commands<CopyCommand> {
  const copy =
    (what: Copied) =>
    async (argument: unknown): Promise<void> => {
      const place = v.safeParse(copyContext, argument);
      const copied = place.success ? place.output[what] : '';
      if (copied !== '') await vscode.env.clipboard.writeText(copied);
    };
  return {
    'cria.copyText': copy('criaText'),
    'cria.copyMarkdown': copy('criaMarkdown'),
    'cria.copyBlock': copy('criaBlock'),
    'cria.copyCode': copy('criaCode'),
  };
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
export async function startFromSummary(
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
    if (chosen === again) await startFromSummary(conversations, origin, write);
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
