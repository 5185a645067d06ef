import * as vscode from 'vscode';
import type { ModelEvent } from '../conversation/ports';
import type { Metrics } from '../shared/turn';

const { t } = vscode.l10n;
type Phase = Extract<ModelEvent, { type: 'phase' }>;

/** What a running explanation is doing, for the label of its thread. */
export function phaseLabel({ phase, probe }: Phase, model: string): string {
  switch (phase) {
    case 'connecting':
      return t('Connecting…');
    case 'queued':
      return t('Waiting for another answer of {0}…', model);
    case 'loading':
      return t('Loading {0}…', model);
    case 'prompting':
      return t('{0} reads the code…', model);
    case 'stalled':
      return probe === 'alive'
        ? t('No new text for a while; Ollama still works.')
        : t('No sign of life from Ollama.');
  }
}

export function answeringLabel(model: string): string {
  return t('{0} explains…', model);
}

export function thinkingLabel(model: string): string {
  return t('{0} thinks…', model);
}

/** Tokens and speed, when the server has told them. */
export function doneLabel(model: string, { evalCount, evalDurationNs }: Metrics): string {
  if (evalCount === undefined || evalDurationNs === undefined || evalDurationNs === 0) return model;
  const perSecond = evalCount / (evalDurationNs / 1e9);
  return t('{0} · {1} tokens · {2} tok/s', model, evalCount, perSecond.toFixed(0));
}
