import * as vscode from 'vscode';
import type { Conversation } from '../conversation/conversation';
import type { PendingMessages } from '../conversation/pendingMessages';
import type { ConversationSession } from '../conversation/session';
import { newestTurns } from '../conversation/turnTree';
import type { Attachment } from '../shared/attachment';
import type {
  AttachmentView,
  BranchView,
  ConversationView,
  FixAction,
  Notice,
  PendingView,
  TurnView,
} from '../shared/protocol';
import type { AssistantTurn, Failure, Turn } from '../shared/turn';
import { failureNotice, fixButton } from '../ui/failureMessages';
import { whole } from '../ui/formatNumbers';
import { translated } from '../ui/notifications';

const { t } = vscode.l10n;

export function conversationView(session: ConversationSession, origin: string): ConversationView {
  const { conversation } = session;
  const path = conversation.path();
  const { turns, earlier } = newestTurns(path, path.length);
  return {
    id: conversation.id,
    title: conversation.title,
    turns: turns.map((turn) => turnView(session, turn, origin)),
    earlier,
  };
}

/** The turns before `turnId`, as many as fit in one message; undefined if it is not on the current path. */
export function earlierTurns(
  session: ConversationSession,
  before: string,
  origin: string,
): { readonly turns: readonly TurnView[]; readonly earlier: number } | undefined {
  const path = session.conversation.path();
  const end = path.findIndex(({ id }) => id === before);
  if (end < 0) return undefined;
  const { turns, earlier } = newestTurns(path, end);
  return { turns: turns.map((turn) => turnView(session, turn, origin)), earlier };
}

export function turnView(session: ConversationSession, turn: Turn, origin: string): TurnView {
  const branch = branchView(session.conversation, turn.id);
  if (turn.role === 'user') {
    const { role, id, text, createdAt, attachments } = turn;
    const attached = attachments && { attachments: attachments.map(attachmentView) };
    const isFirst = session.conversation.contextStart === id && { isFirstSent: true };
    return { role, id, text, createdAt, ...attached, ...branch, ...isFirst };
  }
  const { role, id, model, text, thinking, createdAt, metrics, continuationOffsets } = turn;
  const notice = endNotice(turn, origin);
  return {
    role,
    id,
    model,
    text,
    thinking,
    createdAt,
    activity: session.getActivity(id) ?? { state: turn.state, elapsedMs: 0 },
    ...(session.isWrittenInOtherWindow(id) ? { isWrittenInOtherWindow: true } : {}),
    ...(metrics === undefined ? {} : { metrics }),
    ...(notice === undefined ? {} : { notice }),
    ...(continuationOffsets === undefined ? {} : { continuationOffsets }),
    ...branch,
  };
}

function branchView(conversation: Conversation, turnId: string): { branch?: BranchView } {
  const branch = conversation.branch(turnId);
  if (!branch || branch.siblings.length < 2) return {};
  return { branch: { index: branch.index, count: branch.siblings.length } };
}

/** The notice for how an answer ended; none for a normal end. */
export function endNotice(turn: AssistantTurn, origin: string): Notice | undefined {
  const { end } = turn;
  switch (end?.kind) {
    case undefined:
      return undefined;
    case 'done':
      if (turn.metrics?.promptWasCut) return cutPromptNotice(turn);
      return end.reason === 'length' ? lengthNotice(turn) : leftOutNotice(turn);
    case 'stopped':
      return { severity: 'info', sentence: t('Stopped.'), buttons: mending(turn) };
    case 'interrupted':
      return interruptedNotice(turn);
    case 'failed':
    case 'truncated':
      return (
        tooLongNotice(turn, end.failure, origin) ??
        cutOffNotice(failureNotice(end.failure, turn.model, origin), turn)
      );
  }
}

export function findAnswer(conversation: Conversation, turnId: string): AssistantTurn | undefined {
  const turn = conversation.turn(turnId);
  return turn?.role === 'assistant' ? turn : undefined;
}

/** Tells by how much an answer is too long to be continued, if that is why it failed: continuing fails again. */
function tooLongNotice(turn: AssistantTurn, failure: Failure, origin: string): Notice | undefined {
  const { kind, promptTokens, contextLength } = failure;
  if (kind !== 'contextOverflow' || turn.continuationOffsets === undefined) return undefined;
  if (promptTokens === undefined || contextLength === undefined) return undefined;
  const sentence = t(
    'This answer is too long to continue: with its question it needs {0} tokens, but the context window has {1}.',
    whole(promptTokens),
    whole(contextLength),
  );
  return { ...kept(turn), ...failureNotice(failure, turn.model, origin), sentence };
}

function lengthNotice(turn: AssistantTurn): Notice {
  return {
    severity: 'warning',
    sentence: t('The answer reached the length limit.'),
    buttons: mending(turn),
  };
}

/** The actions for an incomplete answer; Continue needs some text. */
function mending({ text }: AssistantTurn): Notice['buttons'] {
  const actions: readonly FixAction[] = text === '' ? ['retry'] : ['continue', 'retry'];
  return actions.map(fixButton);
}

function cutPromptNotice({ metrics }: AssistantTurn): Notice {
  return {
    severity: 'warning',
    sentence: t('The server truncated the prompt.'),
    detail: t(
      'It read only {0} tokens. Increase the context length.',
      metrics?.promptEvalCount ?? 0,
    ),
    buttons: [],
  };
}

function leftOutNotice({ metrics }: AssistantTurn): Notice | undefined {
  const count = metrics?.turnsLeftOut ?? 0;
  if (count === 0) return undefined;
  return {
    severity: 'warning',
    sentence:
      count === 1
        ? t('1 earlier message did not fit.')
        : t('{0} earlier messages did not fit.', count),
    detail: t('Not sent to the model, but kept in the chat.'),
    buttons: [],
  };
}

function interruptedNotice(turn: AssistantTurn): Notice {
  const sentence = t('The answer was interrupted because the window closed.');
  return { severity: 'warning', sentence, ...kept(turn), buttons: mending(turn) };
}

/** A failure in the middle of an answer also offers Continue; the server's message is kept. */
function cutOffNotice(notice: Notice, turn: AssistantTurn): Notice {
  if (turn.text === '') return notice;
  return { ...kept(turn), ...notice, buttons: [fixButton('continue'), ...notice.buttons] };
}

function kept({ text }: AssistantTurn): { detail?: string } {
  return text === '' ? {} : { detail: t('The partial answer is kept.') };
}

/** Average characters per token of code and paths. */
const charactersPerToken = 3.5;

export function outboxView({ attachments, queue }: PendingMessages): PendingView {
  return {
    attachments: attachments.map(attachmentView),
    queue: queue.map(({ id, text, isHeld, attachments: attached }) => ({
      ...{ id, text, isHeld, attachments: attached.map(attachmentView) },
    })),
  };
}

export function attachmentView(attachment: Attachment): AttachmentView {
  const { id, kind, label, part } = attachment;
  // A diff's label is also part of the prompt, so it is stored in English.
  const shown = kind === 'diff' ? translated(label) : label;
  return {
    id,
    kind,
    label: shown,
    detail: getAttachmentDetail(attachment),
    isPart: part !== undefined,
  };
}

function getAttachmentDetail({ path, label, part, text }: Attachment): string {
  const tokens = Math.ceil(text.length / charactersPerToken);
  const size = t('about {0} tokens', whole(tokens));
  const parts = part === undefined ? [] : [translated(part)];
  return [path === '' ? translated(label) : path, ...parts, size].join(', ');
}
