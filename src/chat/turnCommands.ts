import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationSession } from '../conversation/session';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import { dialogTexts, type FocusReturn, showInformation } from '../ui/dialogs';
import type { Bridge } from './bridge';

export interface TurnCommandDependencies {
  readonly conversations: Conversations;
  readonly chooseModel: () => Promise<string | undefined>;
  readonly focusReturn: FocusReturn;
  /** Focuses the message input. */
  readonly toMessage: () => Promise<void>;
}

/** The argument of a context menu command: the page's `data-vscode-context`. */
const menuContext = v.object({ turnId: v.pipe(v.string(), v.maxLength(64)) });

type TurnCommand = Extract<
  CommandId,
  | 'cria.regenerate'
  | 'cria.continueAnswer'
  | 'cria.askWithModel'
  | 'cria.startContext'
  | 'cria.includeAbove'
  | 'cria.deleteMessage'
>;

/** Commands for one turn, from the page's context menu or, for the last turn, from the palette. */
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
    await whenIdle(session, () => session.regenerate(turnId, model));
    focusReturn.returnToMessage();
  };
  return {
    'cria.regenerate': onTurn((session, id) => whenIdle(session, () => session.regenerate(id))),
    'cria.continueAnswer': onTurn((session, id) =>
      whenIdle(session, () => session.continueTurn(id)),
    ),
    'cria.askWithModel': (argument) => {
      const ask = (): Promise<unknown> => Promise.resolve(onTurn(askWithModel)(argument));
      // From the page's own menu, or from the palette.
      return parseTurnContext(argument) === undefined ? ask() : focusReturn.fromPanel(ask);
    },
    'cria.startContext': (argument) => {
      const turnId = parseTurnContext(argument);
      if (turnId !== undefined) conversations.current.setContextStart(turnId);
    },
    'cria.includeAbove': () => conversations.current.setContextStart(null),
    // Only with an argument: a message is deleted only where the user pointed at it.
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

/** What the page's context menu was opened on. */
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

/** Runs `change`, which needs an idle conversation. While an answer is running, the user is asked to wait. */
export async function whenIdle(session: ConversationSession, change: () => unknown): Promise<void> {
  if (!session.running) {
    await change();
    return;
  }
  const stop = t('Stop');
  const sentence = t('An answer is running in this chat. Wait for it or stop it, then try again.');
  if ((await showInformation(sentence, stop)) === stop) session.stop();
}

/**
 * Deletes a turn after confirmation; it cannot be undone.
 *
 * @param toMessage focuses the message input, as a dialog leaves the focus on the panel itself
 */
export async function deleteTurn(
  session: ConversationSession,
  turnId: string,
  toMessage: () => Promise<void>,
): Promise<void> {
  const turn = session.conversation.turn(turnId);
  if (!turn) return;
  if (session.running) {
    await whenIdle(session, () => undefined);
    return;
  }
  const remove = t('Delete');
  const sentence =
    turn.role === 'user'
      ? t('Delete this message and its answers?')
      : t('Delete this answer? Your message is kept.');
  const chosen = await vscode.window.showWarningMessage(...dialogTexts(sentence), remove);
  // An answer may have begun while the dialog was open.
  if (chosen === remove) await whenIdle(session, () => session.deleteTurn(turnId));
  await toMessage();
}

/**
 * Shows a new conversation that begins with a summary of the one that is shown. What the user was writing stays in
 * the message input.
 *
 * @param toMessage focuses the message input, as the button that was pressed is gone
 */
export async function startFromSummary(
  conversations: Conversations,
  toMessage: () => Promise<void>,
): Promise<void> {
  const { current } = conversations;
  const { id: conversationId, leaf: turnId, title } = current.conversation;
  if (turnId === null) return;
  await whenIdle(current, async () => {
    const [first] = current.conversation.path();
    const isSummary = first?.role === 'user' && first.summarizes !== undefined;
    conversations.startNew();
    conversations.current.summarize(
      { conversationId, turnId },
      isSummary ? title : t('Summary of “{0}”', title),
    );
    await toMessage();
  });
}

/**
 * Appends text to the draft. A post is lost if its page is disposed of at that moment, so the draft is saved
 * first and the next page shows it.
 *
 * @param bridge the bridge to the current page
 */
export function writeMessage(
  conversations: Conversations,
  bridge: Bridge | undefined,
  text: string,
): void {
  conversations.saveDraft([conversations.draft, text].filter(Boolean).join('\n'));
  if (bridge?.isLive) bridge.focusComposer(text);
}
