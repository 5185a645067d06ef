import * as vscode from 'vscode';
import type { Notice } from '../shared/protocol';
import type { AssistantTurn, ContextChange, Metrics } from '../shared/turn';
import { showStatus } from './dialogs';
import { fixButton } from './failureMessages';
import { bytes } from './formatNumbers';

const { t } = vscode.l10n;

/** A context length as the meter shows it: `16k`. */
export function shortLength(tokens: number): string {
  return tokens < 1000 ? String(tokens) : `${Math.round(tokens / 1024)}k`;
}

/** What raising the context costs, as the label of its button. */
function describeOffer({ to, extraBytes }: ContextChange): string {
  return extraBytes === undefined
    ? t('Retry with {0}', shortLength(to))
    : t('Retry with {0} (+{1})', shortLength(to), bytes(extraBytes));
}

/** Where there is no answer in the chat that could say it. */
export function showRaise(model: string, { to, extraBytes }: ContextChange): void {
  const message =
    extraBytes === undefined
      ? t('Context length increased to {0}. {1} reloads once.', shortLength(to), model)
      : t(
          'Context length increased to {0}. {1} reloads once (about +{2}).',
          shortLength(to),
          model,
          bytes(extraBytes),
        );
  showStatus(message, 10_000);
}

export function outgrownNotice(): Notice {
  return {
    severity: 'warning',
    sentence: t('Prompt and answer together are longer than the context window.'),
    detail: t(
      'While writing the end of the answer, the model could no longer see the beginning of the chat.',
    ),
    buttons: [fixButton('setContextLength'), fixButton('summarize')],
  };
}

/** What was not sent whole, with the ways out. */
function leftOutNotice({ metrics = {} }: AssistantTurn): Notice | undefined {
  const { offered } = metrics;
  const sentence = describeLeftOut(metrics);
  if (sentence === '') return undefined;
  const longer = offered
    ? { action: 'useContext' as const, label: describeOffer(offered) }
    : undefined;
  return {
    severity: 'warning',
    sentence,
    detail: t('Not sent to the model, but kept in the chat.'),
    buttons: [...(longer ? [longer] : []), fixButton('summarize')],
  };
}

function describeLeftOut(metrics: Metrics): string {
  const { turnsLeftOut = 0, wasAnswerShortened, attachmentsLeftOut = 0 } = metrics;
  const sentences = [
    ...(turnsLeftOut > 0 ? [getLeftOutSentence(turnsLeftOut)] : []),
    ...(wasAnswerShortened ? [t('The middle of the previous answer was left out.')] : []),
    ...(attachmentsLeftOut > 0 ? [t('Earlier attachments did not fit.')] : []),
  ];
  return sentences.join(' ');
}

function getLeftOutSentence(count: number): string {
  return count === 1
    ? t('1 earlier message did not fit.')
    : t('{0} earlier messages did not fit.', count);
}

/** Adds what was left out of the prompt to the notice for something else, unless that has a second sentence. */
export function withLeftOut(notice: Notice | undefined, turn: AssistantTurn): Notice | undefined {
  const leftOut = leftOutNotice(turn);
  if (!notice || !leftOut) return notice ?? leftOut;
  const known = new Set(notice.buttons.map(({ action }) => action));
  return {
    detail: describeLeftOut(turn.metrics ?? {}),
    ...notice,
    buttons: [...notice.buttons, ...leftOut.buttons.filter(({ action }) => !known.has(action))],
  };
}
