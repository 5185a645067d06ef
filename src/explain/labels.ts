import * as vscode from 'vscode';
import type { Outcome } from './explainDialogue';
import type { ModelEvent } from '../conversation/ports';
import type { Metrics } from '../shared/turn';
import { decimal, whole } from '../ui/numbers';

const { t } = vscode.l10n;
type Phase = Extract<ModelEvent, { type: 'phase' }>;

export function lookingLabel(): string {
  return t('Looking around the code…');
}

/** What a running explanation is doing, for the label of its thread; `seconds` since it began that. */
export function phaseLabel({ phase, probe, sizeBytes }: Phase, model: string, seconds = 0): string {
  const words = (): string => {
    switch (phase) {
      case 'connecting':
        return t('Connecting…');
      case 'queued':
        return t('Waiting for another answer of {0}…', model);
      case 'loading':
        return sizeBytes === undefined
          ? t('Loading {0}…', model)
          : t('Loading {0}, {1} GB…', model, decimal(sizeBytes / 1e9));
      case 'prompting':
        return t('{0} reads the code…', model);
      case 'stalled':
        return probe === 'alive'
          ? t('No new text for a while; Ollama still works.')
          : t('No sign of life from Ollama.');
    }
  };
  return seconds === 0 ? words() : t('{0} {1} s', words(), seconds);
}

export function answeringLabel(model: string): string {
  return t('{0} explains…', model);
}

export function thinkingLabel(model: string): string {
  return t('{0} thinks…', model);
}

/** How an answer ended, with its figures where the server has told them. */
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
      return model === '' ? t('Not explained') : t('{0} · not finished', model);
  }
}

export function withChange(label: string, isLost: boolean): string {
  return isLost
    ? t('{0} · the code is not there any more', label)
    : t('{0} · the code changed since', label);
}

function figures({ evalCount, evalDurationNs, firstTokenMs, turnsLeftOut }: Metrics): string[] {
  const shown: string[] = [];
  if (evalCount !== undefined && evalDurationNs !== undefined && evalDurationNs > 0) {
    const perSecond = evalCount / (evalDurationNs / 1e9);
    shown.push(
      evalCount === 1 ? t('1 token') : t('{0} tokens', whole(evalCount)),
      t('{0} tok/s', whole(perSecond)),
    );
  }
  if (firstTokenMs !== undefined) {
    shown.push(t('first after {0} s', decimal(firstTokenMs / 1000)));
  }
  if (turnsLeftOut !== undefined) shown.push(t('without the earlier questions'));
  return shown;
}
