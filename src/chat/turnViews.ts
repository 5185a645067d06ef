import * as vscode from 'vscode';
import type { Conversation } from '../conversation/conversation';
import type { PendingMessages } from '../conversation/pendingMessages';
import type { ConnectionState, StoreNotice } from '../conversation/ports';
import type { ConversationSession } from '../conversation/session';
import { newestTurns } from '../conversation/turnTree';
import { isCloudName, sameModel } from '../ollama/modelName';
import type {
  AttachmentView,
  BranchView,
  ConnectionView,
  ConversationView,
  FixAction,
  Notice,
  PendingView,
  TurnView,
} from '../shared/protocol';
import type { AssistantTurn, Attachment, Failure, Turn } from '../shared/turn';
import { isUnencrypted } from '../shared/urlPolicy';
import { asLabel } from '../shared/hiddenCharacters';
import { outgrownNotice, withLeftOut } from '../ui/contextMessages';
import { translated } from '../ui/dialogs';
import { failureNotice, fixButton, originIn } from '../ui/failureMessages';
import { whole } from '../ui/formatNumbers';

const { t } = vscode.l10n;

export function conversationView(session: ConversationSession, origin: string): ConversationView {
  const { conversation } = session;
  const path = conversation.path();
  const { turns, earlier } = newestTurns(path, path.length);
  return {
    id: conversation.id,
    title: asLabel(conversation.title),
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
    const isFirst = session.conversation.contextStart === id && { isContextStart: true };
    return { role, id, text, createdAt, ...attached, ...branch, ...isFirst };
  }
  const { role, id, model, text, thinking, createdAt, metrics, continuationOffsets } = turn;
  const isSummary = session.isSummary(turn);
  const notice = endNotice(turn, origin, isSummary);
  return {
    role,
    id,
    model: asLabel(model),
    text,
    thinking,
    createdAt,
    activity: session.getActivity(id) ?? { state: turn.state, elapsedMs: 0 },
    ...(session.isWrittenInOtherWindow(id) ? { isWrittenInOtherWindow: true } : {}),
    ...(isSummary ? { isSummary } : {}),
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
export function endNotice(
  turn: AssistantTurn,
  origin: string,
  isSummary = false,
): Notice | undefined {
  const notice = findEndNotice(turn, origin);
  if (!isSummary || !notice) return notice;
  // A summary of the summary would lack the same.
  return { ...notice, buttons: notice.buttons.filter(({ action }) => action !== 'summarize') };
}

function findEndNotice(turn: AssistantTurn, origin: string): Notice | undefined {
  const { end } = turn;
  switch (end?.kind) {
    case undefined:
      return undefined;
    case 'done':
      return withLeftOut(doneNotice(turn, end.reason), turn);
    case 'stopped':
      return withLeftOut(
        turn.metrics?.hasRepeated
          ? repeatedNotice()
          : { severity: 'info', sentence: t('Stopped.'), buttons: mending(turn) },
        turn,
      );
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

function doneNotice(turn: AssistantTurn, reason: string): Notice | undefined {
  const { promptWasCut, hasRepeated, hasOutgrownContext } = turn.metrics ?? {};
  if (promptWasCut) return cutPromptNotice(turn);
  if (hasRepeated) return repeatedNotice();
  if (hasOutgrownContext) return outgrownNotice();
  if (reason === 'filter') return filteredNotice();
  return reason === 'length' ? lengthNotice(turn) : undefined;
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
    'This answer is too long to continue: question and answer need {0} tokens, but the context window has only {1}.',
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
      'The server read only {0} tokens. Increase the context length.',
      metrics?.promptEvalCount ?? 0,
    ),
    buttons: [fixButton('setContextLength')],
  };
}

/** Continuing would repeat the same, so it is not offered. */
function repeatedNotice(): Notice {
  return {
    severity: 'info',
    sentence: t('The model repeated itself.'),
    buttons: [fixButton('retryVaried'), fixButton('retry')],
  };
}

function filteredNotice(): Notice {
  return {
    severity: 'warning',
    sentence: t('The server’s content filter ended the answer.'),
    buttons: [fixButton('retry'), fixButton('selectModel')],
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

export function pendingView({ attachments, queue }: PendingMessages): PendingView {
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
    label: asLabel(shown),
    detail: asLabel(getAttachmentDetail(attachment), 500),
    isPart: part !== undefined,
    hasParts: kind === 'file' && !isPasted(attachment),
  };
}

function isPasted({ id, uri }: Attachment): boolean {
  return uri === `untitled:${id}`;
}

function getAttachmentDetail({ path, label, part, text }: Attachment): string {
  const tokens = Math.ceil(text.length / charactersPerToken);
  const size = t('about {0} tokens', whole(tokens));
  const parts = part === undefined ? [] : [translated(part)];
  return [path === '' ? translated(label) : path, ...parts, size].join(', ');
}

/** What the panel shows about the connection: what is missing, and the actions that fix it. */
export function connectionView(
  state: ConnectionState,
  origin: string,
  model: string,
): ConnectionView {
  const at = { origin, unencrypted: isUnencrypted(origin), cloud: runsElsewhere(state, model) };
  switch (state.kind) {
    case 'unknown':
      return { state: 'unknown', ...at };
    case 'failed':
      return { state: 'unreachable', ...at, notice: unreachable(state, origin, model) };
    case 'connected':
      if (state.models.length === 0) return { state: 'noModels', ...at, notice: noModels(origin) };
      if (model === '') return { state: 'noModelChosen', ...at, notice: noModelChosen() };
      return { state: 'connected', ...at };
  }
}

/** The name tells it before the server responds. */
function runsElsewhere(state: ConnectionState, model: string): boolean {
  const models = state.kind === 'connected' ? state.models : [];
  return models.find(({ name }) => sameModel(name, model))?.cloud ?? isCloudName(model);
}

function unreachable(
  { failure }: Extract<ConnectionState, { kind: 'failed' }>,
  origin: string,
  model: string,
): Notice {
  const notice = failureNotice(failure, model, origin);
  // Here *Retry* only checks the connection, so the actions that fix the failure come first.
  const fixes = notice.buttons.map(({ action }) =>
    action === 'retry' ? ('checkConnection' as const) : action,
  );
  const diagnosis = fixes.includes('startServer') ? [] : (['diagnose'] as const);
  const buttons: readonly FixAction[] = [
    ...new Set([...fixes, ...diagnosis, 'checkConnection'] as const),
  ];
  return { ...notice, buttons: buttons.map(fixButton) };
}

function noModels(origin: string): Notice {
  return {
    severity: 'warning',
    sentence: t('No models installed at {0}.', originIn(origin)),
    detail: t('Pull a model that fits this machine. The download takes a few minutes.'),
    buttons: [fixButton('pullModel'), fixButton('checkConnection')],
  };
}

function noModelChosen(): Notice {
  return {
    severity: 'info',
    sentence: t('Select a model to start.'),
    buttons: [fixButton('selectModel')],
  };
}

/** The current conversation is also open in another window. */
export function openElsewhereNotice(): Notice {
  return {
    severity: 'info',
    sentence: t('This chat is also open in another window.'),
    detail: t('Messages from that window appear here shortly. Nothing is overwritten.'),
    buttons: [fixButton('newConversation')],
  };
}

/** A storage problem as a notice above the message input; undefined once it is resolved. */
export function storeNotice(notice: StoreNotice): Notice | undefined {
  switch (notice.kind) {
    case 'savedAgain':
      return undefined;
    case 'notSaved':
      return {
        severity: 'error',
        sentence: t('This chat cannot be saved. It is kept in memory only.'),
        detail: whyNotSaved(notice),
        buttons: [fixButton('showLog')],
      };
    case 'unreadable':
      return {
        severity: 'warning',
        sentence: t('Some stored chat data could not be read.'),
        detail: t('{0} records were set aside. Nothing was deleted.', notice.count),
        buttons: [fixButton('showLog')],
      };
    case 'restoredFromCheckpoint':
      return {
        severity: 'warning',
        ...(notice.missingEarlier === 0
          ? {
              sentence: t('This chat’s file was missing. The chat was restored from a backup.'),
            }
          : {
              sentence: t(
                'This chat’s file was missing. Its latest part was restored from a backup.',
              ),
              detail: t('{0} earlier messages are missing.', notice.missingEarlier),
            }),
        buttons: [],
      };
  }
}

/** System messages go to the log; known codes have a sentence. */
function whyNotSaved({
  code,
  message,
}: {
  readonly code?: string;
  readonly message: string;
}): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return t('The disk is full.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return t('VS Code’s storage folder is not writable.');
    default:
      return asLabel(message, 500);
  }
}
