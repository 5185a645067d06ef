import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import type { ConnectionProbe } from '../conversation/ports';
import type { PullEnd } from '../conversation/pullSteps';
import { getForeignHost } from '../ollama/modelName';
import { findPastedModel } from '../ollama/pastedNames';
import {
  dialogTexts,
  type FocusReturn,
  showError,
  showInformation,
  showProgress,
  type Step,
  translated,
} from '../ui/dialogs';
import { failureNotice } from '../ui/failureMessages';
import { bytes, joined } from '../ui/formatNumbers';
import { openPage } from '../ui/openLink';
import type { Download, Downloads } from './downloads';
import { getSuggestions, isQuick, type Machine, type Strength } from './modelFacts';

const { t } = vscode.l10n;

export interface PullDependencies {
  readonly downloads: Downloads;
  readonly connection: ConnectionProbe;
  readonly focusReturn: FocusReturn;
  /** The machine that Ollama runs on. */
  readonly machine: () => Promise<Machine>;
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
  const rows = await suggestionRows(deps);
  const pick = vscode.window.createQuickPick();
  pick.title = t('Pull Model');
  pick.placeholder = t('Select a recommended model, or type a name from ollama.com/library');
  pick.matchOnDetail = true;
  pick.items = rows;
  pick.onDidChangeValue((value) => {
    const other = findPastedModel(value);
    const isNew = other !== undefined && !rows.some(({ label }) => label === other);
    const description = other === undefined ? '' : describeSource(other);
    const named = { label: asIconLabel(other ?? '', 1_000), description, alwaysShow: true };
    // A model that is suggested and begins like this is likelier meant.
    pick.items = isNew ? [...rows, named] : rows;
    const isNoName = other === undefined && value.trim() !== '';
    pick.title = isNoName ? noNameTitle() : t('Pull Model');
  });
  const chosen = new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [row] = pick.selectedItems;
      // Without a row to take the box stays open, so that nothing typed is lost.
      if (row) resolve(row.label);
    });
    pick.onDidHide(() => resolve(undefined));
  });
  void deps.focusReturn.whileOpen(chosen);
  pick.show();
  return chosen.finally(() => pick.dispose());
}

function noNameTitle(): string {
  return t('Pull Model: this is not a model name');
}

function describeSource(model: string): string {
  const host = getForeignHost(model);
  return host === undefined
    ? t('pull this model')
    : t('pull this model from {0}', asIconLabel(host));
}

/** Whether the user wants Ollama to contact the host of a name that they have not typed here. */
export async function confirmSource(model: string): Promise<boolean> {
  const host = getForeignHost(model);
  if (host === undefined) return true;
  const pull = t('Pull from {0}', host);
  const sentence = t('Pull {0}?', model);
  const detail = t('Ollama would pull this model from {0}, not from ollama.com.', host);
  const chosen = await vscode.window.showWarningMessage(...dialogTexts(sentence, [detail]), pull);
  return chosen === pull;
}

async function suggestionRows(deps: PullDependencies): Promise<readonly vscode.QuickPickItem[]> {
  const { state } = deps.connection;
  const installed = new Set(state.kind === 'connected' ? state.models.map(({ name }) => name) : []);
  const machine = await deps.machine();
  const all = getSuggestions(machine);
  return all
    .filter(({ name }) => !installed.has(name))
    .map((one) => ({
      label: asIconLabel(one.name),
      description: joined([
        one === all[0] ? t('recommended for this machine') : '',
        bytes(one.size),
        downloadTime(one.size, deps.downloads.speed),
      ]),
      detail: joined([
        strengthText(one.strength),
        machine.hasGpu !== true && !isQuick(one) ? t('slow without a GPU') : '',
      ]),
    }));
}

function strengthText(strength: Strength): string {
  const texts: Readonly<Record<Strength, string>> = {
    quick: t('Small and fast, for short questions'),
    code: t('Tuned for code'),
    general: t('All-round chat and code'),
    reasoning: t('Thinks before answering: better answers, but slower'),
  };
  return texts[strength];
}

/** Empty while no download was long enough to know the speed of the line. */
function downloadTime(size: number, bytesPerSecond: number | undefined): string {
  if (bytesPerSecond === undefined) return '';
  const minutes = Math.max(1, Math.round(size / bytesPerSecond / 60));
  return t('about {0} min to download', minutes);
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

/** Trying again changes nothing until Ollama is updated. */
async function offerOllama(sentence: string): Promise<void> {
  const get = t('Download Ollama');
  if ((await showError(sentence, get)) !== get) return;
  await openPage('https://ollama.com/download');
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
            ? [t('ollama.com has no model with this name.')]
            : [
                failureNotice(end.failure, model, deps.connection.origin).sentence,
                translated(end.failure.message),
              ]),
        ].join(' ');
  if (end.kind === 'failed' && end.failure.kind === 'outdatedServer') {
    await offerOllama(sentence);
    return false;
  }
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
