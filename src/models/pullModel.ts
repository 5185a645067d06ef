import * as vscode from 'vscode';
import type { ConnectionProbe, PullEnd } from '../conversation/ports';
import { getForeignHost, parseModelArgument } from '../ollama/modelName';
import { failureNotice } from '../ui/failureMessages';
import type { FocusReturn } from '../ui/focusReturn';
import { bytes, joined } from '../ui/formatNumbers';
import {
  showError,
  showInformation,
  showProgress,
  type Step,
  translated,
} from '../ui/notifications';
import type { Download, Downloads } from './downloads';
import { getSuggestions } from './modelSuggestions';

const { t } = vscode.l10n;

export interface PullDependencies {
  readonly downloads: Downloads;
  readonly connection: ConnectionProbe;
  readonly focusReturn: FocusReturn;
  /** Bytes of the machine that Ollama runs on, if it is this one. */
  readonly memoryBytes: () => number | undefined;
}

/** Downloads a model, with a notification that can be cancelled; true when it is there. */
export async function pullModel(deps: PullDependencies, wanted?: string): Promise<boolean> {
  const model = wanted ?? (await chooseName(deps));
  if (model === undefined) return false;
  deps.focusReturn.returnToMessage();
  const end = await withNotification(deps, model);
  await deps.connection.check();
  return told(deps, model, end);
}

/** What could be pulled: suggestions for this machine, and any other name. */
async function chooseName(deps: PullDependencies): Promise<string | undefined> {
  const installed = new Set(
    deps.connection.state.kind === 'connected'
      ? deps.connection.state.models.map(({ name }) => name)
      : [],
  );
  const rows = getSuggestions(deps.memoryBytes())
    .filter(({ name }) => !installed.has(name))
    .map(({ name, size, isForCode }) => ({
      label: name,
      description: joined([bytes(size), isForCode ? t('tuned for code') : '']),
    }));
  const pick = vscode.window.createQuickPick();
  pick.title = t('Pull Model');
  pick.placeholder = t('Select a recommended model, or type a name from ollama.com/library');
  pick.items = rows;
  pick.onDidChangeValue((value) => {
    const other = parseModelArgument(value);
    const isNew = other !== undefined && !rows.some(({ label }) => label === other);
    pick.items = isNew ? [...rows, { label: other, description: describeSource(other) }] : rows;
  });
  const chosen = new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]?.label));
    pick.onDidHide(() => resolve(undefined));
  });
  void deps.focusReturn.whileOpen(chosen);
  pick.show();
  return chosen.finally(() => pick.dispose());
}

function describeSource(model: string): string {
  const host = getForeignHost(model);
  return host === undefined ? t('pull this model') : t('pull this model from {0}', host);
}

/** Whether the user wants Ollama to contact the host of a name that they have not typed here. */
export async function confirmSource(model: string): Promise<boolean> {
  const host = getForeignHost(model);
  if (host === undefined) return true;
  const pull = t('Pull from {0}', host);
  const sentence = t('Pull {0}?', model);
  const detail = t('Ollama would download this model from {0}, not from ollama.com.', host);
  const chosen = await vscode.window.showWarningMessage(sentence, { modal: true, detail }, pull);
  return chosen === pull;
}

function withNotification(
  { downloads, connection }: PullDependencies,
  model: string,
): Promise<PullEnd> {
  const { origin } = connection;
  const pull = async (
    report: (step: Step) => void,
    cancelled: vscode.CancellationToken,
  ): Promise<PullEnd> => {
    let shown = 0;
    const unsubscribe = downloads.onChanged((download) => {
      if (download?.model !== model || download.origin !== origin) return;
      const now = percent(download.completedBytes, download.totalBytes);
      report({ message: progressText(download), increment: Math.max(0, now - shown) });
      shown = Math.max(shown, now);
    });
    const subscription = cancelled.onCancellationRequested(() => downloads.pause(model));
    try {
      return await downloads.start(model);
    } finally {
      unsubscribe();
      subscription.dispose();
    }
  };
  return Promise.resolve(showProgress(t('Pulling {0}', model), pull, { cancellable: true }));
}

async function told(deps: PullDependencies, model: string, end: PullEnd): Promise<boolean> {
  if (end.kind === 'done') return true;
  const resume = t('Resume');
  const sentence =
    end.kind === 'cancelled'
      ? t('Download of {0} paused. Progress is kept.', model)
      : [
          t('Could not pull {0}.', model),
          ...(end.failure.kind === 'modelMissing'
            ? [t('The library has no model with this name.')]
            : [
                failureNotice(end.failure, model, deps.connection.origin).sentence,
                translated(end.failure.message),
              ]),
        ].join(' ');
  const show =
    end.kind === 'cancelled' ? showInformation(sentence, resume) : showError(sentence, t('Retry'));
  return (await show) === undefined ? false : pullModel(deps, model);
}

/** `42 %, 2.1 of 5.2 GB`, or what the server is doing while it does not count. */
export function progressText({ status, completedBytes, totalBytes, state }: Download): string {
  const waiting = { running: '', paused: t('paused'), failed: t('failed') }[state];
  const counted =
    totalBytes === 0
      ? ''
      : t(
          '{0}%, {1} of {2}',
          percent(completedBytes, totalBytes),
          bytes(completedBytes),
          bytes(totalBytes),
        );
  const isCounting = totalBytes > 0 && completedBytes < totalBytes;
  return joined([waiting, counted, state === 'running' && !isCounting ? translated(status) : '']);
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 100);
}
