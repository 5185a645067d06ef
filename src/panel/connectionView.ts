import * as vscode from 'vscode';
import type { ConnectionState } from '../conversation/ports';
import type { ConnectionView, FixAction, Notice } from '../shared/protocol';
import { failureNotice, fixButton } from '../workspace/failures';

const { t } = vscode.l10n;

/** What the panel shows of the connection: what is missing before one can ask, and what mends it. */
export function connectionView(
  state: ConnectionState,
  origin: string,
  model: string,
): ConnectionView {
  switch (state.kind) {
    case 'unknown':
      return { state: 'unknown', origin };
    case 'failed':
      return { state: 'unreachable', origin, notice: unreachable(state, origin, model) };
    case 'connected':
      if (state.models.length === 0) return { state: 'noModels', origin, notice: noModels(origin) };
      if (model === '') return { state: 'noModelChosen', origin, notice: noModelChosen() };
      return { state: 'connected', origin };
  }
}

function unreachable(
  { failure }: Extract<ConnectionState, { kind: 'failed' }>,
  origin: string,
  model: string,
): Notice {
  const buttons: readonly FixAction[] = ['checkConnection', 'changeEndpoint', 'showLog'];
  return { ...failureNotice(failure, model, origin), buttons: buttons.map(fixButton) };
}

function noModels(origin: string): Notice {
  return {
    severity: 'warning',
    sentence: t('Ollama at {0} has no model yet.', origin),
    detail: t('Install one in a terminal, for example: ollama pull qwen3:8b'),
    buttons: [fixButton('checkConnection')],
  };
}

function noModelChosen(): Notice {
  return {
    severity: 'info',
    sentence: t('Choose the model to chat with.'),
    buttons: [fixButton('selectModel')],
  };
}
