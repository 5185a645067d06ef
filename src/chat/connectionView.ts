import * as vscode from 'vscode';
import type { ConnectionState } from '../conversation/ports';
import { isCloudName, sameModel } from '../shared/modelName';
import type { ConnectionView, FixAction, Notice } from '../shared/protocol';
import { failureNotice, fixButton, placeOf } from '../ui/failureMessages';
import { isUnencrypted } from '../server/origins';

const { t } = vscode.l10n;

/** What the panel shows of the connection: what is missing before one can ask, and what mends it. */
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

/** A name tells it before the server does, and where the server does not answer. */
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
  // Nothing is asked again here but whether the server is there; what mends the failure comes first.
  const mends = notice.buttons.map(({ action }) =>
    action === 'retry' ? ('checkConnection' as const) : action,
  );
  const looks = mends.includes('startServer') ? [] : (['diagnose'] as const);
  const buttons: readonly FixAction[] = [
    ...new Set([...mends, ...looks, 'checkConnection'] as const),
  ];
  return { ...notice, buttons: buttons.map(fixButton) };
}

function noModels(origin: string): Notice {
  return {
    severity: 'warning',
    sentence: t('Ollama at {0} has no model yet.', placeOf(origin)),
    detail: t('Pull one that fits this machine; it takes some minutes.'),
    buttons: [fixButton('pullModel'), fixButton('checkConnection')],
  };
}

function noModelChosen(): Notice {
  return {
    severity: 'info',
    sentence: t('Choose the model to chat with.'),
    buttons: [fixButton('selectModel')],
  };
}
