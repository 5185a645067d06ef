import * as vscode from 'vscode';
import type { ExplainTurn } from '../conversation/explanation';
import type {
  ChatModel,
  ExplainModel,
  ExplanationStore,
  Logger,
  ModelEvent,
} from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { FixAction, Notice } from '../shared/protocol';
import type { Metrics } from '../shared/turn';
import { asLabel } from '../shared/hiddenCharacters';
import type { CommandId } from '../ui/commandIds';
import { failureNotice, fixButton } from '../ui/failureMessages';
import { decimal, whole } from '../ui/formatNumbers';
import { toCommentMarkdown, escapeMarkdown } from './commentMarkdown';
import type { ExplainDialogue, ExplainSettings, Outcome } from './explainDialogue';

const { t } = vscode.l10n;

/** A comment of the thread. Its body is changed in place, because VS Code redraws a new object. */
export class ThreadComment implements vscode.Comment {
  readonly mode = vscode.CommentMode.Preview;
  readonly author: vscode.CommentAuthorInformation;
  body: vscode.MarkdownString;

  constructor(author: string, body: vscode.MarkdownString) {
    this.author = { name: asLabel(author) };
    this.body = body;
  }
}

/**
 * What a model wrote: never trusted, and made harmless before it is rendered. Without text yet it is
 * three dots: VS Code opens a large reply box in a thread without comments.
 */
export function answerBody(answer: string): vscode.MarkdownString {
  return new vscode.MarkdownString(answer === '' ? '…' : toCommentMarkdown(answer));
}

export function questionComment(question: string): ThreadComment {
  return new ThreadComment(t('You'), new vscode.MarkdownString(escapeMarkdown(question)));
}

/** Something to click in a comment of Cria's own. */
export interface CommentButton {
  readonly label: string;
  readonly command: CommandId;
  readonly arguments: readonly unknown[];
}

/** Cria's own words, with buttons; no text of a model or a server is in this body unescaped. */
export function noticeComment(
  { sentence, detail }: Pick<Notice, 'sentence' | 'detail'>,
  buttons: readonly CommentButton[],
): ThreadComment {
  const links = buttons.map((button) => {
    const argument = encodeURIComponent(JSON.stringify(button.arguments));
    return `[${button.label}](command:${button.command}?${argument})`;
  });
  const parts = [escapeMarkdown(sentence), escapeMarkdown(detail ?? ''), links.join(' · ')];
  const body = new vscode.MarkdownString(parts.filter((part) => part !== '').join('\n\n'));
  body.isTrusted = { enabledCommands: buttons.map(({ command }) => command) };
  return new ThreadComment('Cria', body);
}

type Phase = Extract<ModelEvent, { type: 'phase' }>;

export function collectingLabel(): string {
  return t('Collecting context…');
}

/**
 * What a running explanation is doing, for the label of its thread; `seconds` since it began that. After
 * `readingLimitMs` the model is not reading the prompt, but the server is busy with something else.
 */
export function phaseLabel(
  { phase, probe, sizeBytes, retryMs }: Phase,
  model: string,
  seconds = 0,
  readingLimitMs = Infinity,
): string {
  if (retryMs !== undefined) {
    const left = Math.max(0, Math.ceil(retryMs / 1000 - seconds));
    return left === 0 ? t('Trying again…') : t('The server is busy. Trying again in {0} s.', left);
  }
  const words = (): string => {
    switch (phase) {
      case 'connecting':
        return t('Connecting…');
      case 'queued':
        return t('Waiting for another answer from {0}…', model);
      case 'loading':
        return sizeBytes === undefined
          ? t('Loading {0}…', model)
          : t('Loading {0} ({1} GB)…', model, decimal(sizeBytes / 1e9));
      case 'prompting':
        return seconds * 1_000 > readingLimitMs
          ? t('Waiting for {0}…', model)
          : t('{0} is reading the prompt…', model);
      case 'stalled':
        return probe === 'alive'
          ? t('No new text. The server is still running.')
          : t('The server is not responding.');
      case 'resumed':
        return thinkingLabel(model);
    }
  };
  return seconds === 0 ? words() : t('{0} {1} s', words(), seconds);
}

export function answeringLabel(model: string): string {
  return t('{0} is explaining…', model);
}

/** As the chat says it. Nothing is stopped: some code repeats itself. */
export function repeatingLabel(model: string): string {
  return t('{0} is repeating itself. You can stop it.', model);
}

export function thinkingLabel(model: string): string {
  return t('{0} is thinking…', model);
}

/** How an answer ended, with its figures if the server reported them. */
export function endLabel({ model, end, metrics = {} }: Outcome): string {
  switch (end?.kind) {
    case 'done':
      return [model, ...figures(metrics)].join(' · ');
    case 'stopped':
      return t('{0} · stopped', model);
    case 'interrupted':
    case undefined:
      return t('{0} · interrupted', model);
    case 'failed':
    case 'truncated':
      return model === '' ? t('Explanation failed') : t('{0} · incomplete', model);
  }
}

export function addChangeLabel(label: string, isLost: boolean): string {
  return isLost ? t('{0} · code was removed', label) : t('{0} · code has changed', label);
}

/** In the order and the words of the chat. */
function figures({ evalCount, evalDurationNs, firstTokenMs, turnsLeftOut }: Metrics): string[] {
  const shown: string[] = [];
  if (evalCount !== undefined && evalDurationNs !== undefined && evalDurationNs > 0) {
    const perSecond = evalCount / (evalDurationNs / 1e9);
    shown.push(t('{0} tok/s', perSecond < 10 ? decimal(perSecond) : whole(perSecond)));
  }
  if (evalCount !== undefined) {
    shown.push(evalCount === 1 ? t('1 token') : t('{0} tokens', whole(evalCount)));
  }
  if (firstTokenMs !== undefined) {
    const isShort = firstTokenMs >= 1 && firstTokenMs < 100;
    shown.push(
      isShort
        ? t('start {0} ms', Math.round(firstTokenMs))
        : t('start {0} s', decimal(firstTokenMs / 1000)),
    );
  }
  if (turnsLeftOut !== undefined) shown.push(t('earlier questions not included'));
  return shown;
}

/** The notice below the last answer, unless it is done without problems. */
export function noticeBelow(
  id: string,
  dialogue: ExplainDialogue,
  origin: string,
): ThreadComment | undefined {
  const continueInChat: CommentButton = {
    label: t('Continue in Chat'),
    command: 'cria.continueExplanation',
    arguments: [id],
  };
  const fix = (action: FixAction): CommentButton => ({
    label: fixButton(action).label,
    command: 'cria.fixExplanation',
    arguments: [id, action],
  });
  const { outcome } = dialogue;
  const reasoning: CommentButton[] = hasReasoned(dialogue)
    ? [{ label: t('Show Reasoning'), command: 'cria.showReasoning', arguments: [id] }]
    : [];
  const end = outcome?.end;
  switch (end?.kind) {
    case 'failed':
    case 'truncated': {
      const notice = failureNotice(end.failure, outcome?.model ?? '', origin);
      // A new conversation would not fix a thread.
      const actions = notice.buttons.map(({ action }) => action);
      const buttons = actions.filter((action) => action !== 'newConversation').map(fix);
      return noticeComment(notice, [...buttons, ...reasoning]);
    }
    case 'interrupted':
      return noticeComment(
        { sentence: t('The answer was interrupted because the window closed.') },
        [fix('retry'), ...reasoning],
      );
    case 'done':
      return doneNotice(end.reason, dialogue, { retry: fix('retry'), reasoning, continueInChat });
    case 'stopped':
    case undefined:
      return undefined;
  }
}

function hasReasoned({ turns }: ExplainDialogue): boolean {
  return (turns.at(-1)?.thinking ?? '') !== '';
}

/** What the chat says about such an end, too. */
function doneNotice(
  reason: 'stop' | 'length' | 'filter',
  dialogue: ExplainDialogue,
  buttons: {
    readonly retry: CommentButton;
    readonly reasoning: readonly CommentButton[];
    readonly continueInChat: CommentButton;
  },
): ThreadComment | undefined {
  const { retry, reasoning, continueInChat } = buttons;
  if (reason === 'length') {
    const sentence = t('The answer reached the length limit.');
    return noticeComment({ sentence }, [...reasoning, continueInChat]);
  }
  if (reason === 'filter') {
    const sentence = t('The server’s content filter ended the answer.');
    return noticeComment({ sentence }, [retry, ...reasoning]);
  }
  if (dialogue.turns.at(-1)?.answer.trim() === '') {
    const sentence = hasReasoned(dialogue)
      ? t('The model returned only its reasoning, no answer.')
      : t('The model returned an empty answer.');
    return noticeComment({ sentence }, [retry, ...reasoning]);
  }
  if (!dialogue.isFull) return undefined;
  const sentence = t('This thread is full. Continue in chat to ask more.');
  return noticeComment({ sentence }, [continueInChat]);
}

/** An explanation with its questions, as Markdown; the questions are quoted. */
export function toMarkdown(turns: readonly ExplainTurn[]): string {
  return turns
    .flatMap(({ question, answer }) => [
      ...(question === undefined ? [] : [question.replaceAll(/^/gmu, '> ')]),
      ...(answer === '' ? [] : [answer.trim()]),
    ])
    .join('\n\n');
}

export interface ExplainThreadDependencies {
  readonly explainModel: ChatModel & ExplainModel;
  readonly settings: () => ExplainSettings;
  /** Called when a model has answered: more can be found out about it now. */
  readonly answered: (asked: Pick<ExplainSettings, 'model' | 'profile'>) => void;
  readonly store: ExplanationStore;
  readonly origin: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What became of the code since it was explained. */
export type CodeState = 'same' | 'changed' | 'lost';

export interface ThreadPlace {
  readonly id: string;
  readonly uri: vscode.Uri;
  readonly controller: vscode.CommentController;
  readonly createdAt: number;
  readonly typing: { readonly isTyping: boolean };
}
