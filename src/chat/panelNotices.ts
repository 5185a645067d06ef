import * as vscode from 'vscode';
import type { ConnectionState, StoreNotice } from '../conversation/ports';
import { isUnencrypted } from '../shared/urlPolicy';
import { isCloudName, sameModel } from '../ollama/modelName';
import type { ConnectionView, FixAction, Notice } from '../shared/protocol';
import { failureNotice, fixButton, originIn } from '../ui/failureMessages';

const { t } = vscode.l10n;

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
    sentence: t('No models installed at {0}.', originIn(origin)),
    detail: t('Pull a model that fits this machine. It takes a few minutes.'),
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
    detail: t('Messages from there appear here shortly. Nothing is overwritten.'),
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
      return message;
  }
}
