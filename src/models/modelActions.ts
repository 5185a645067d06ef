import * as vscode from 'vscode';
import type {
  ConnectionProbe,
  InstalledModel,
  ModelServer,
  PullEnd,
  RequestProfile,
} from '../conversation/ports';
import { getForeignHost, parseModelArgument } from '../ollama/modelName';
import type { SettingsReader } from '../settings/settingsReader';
import {
  type FocusReturn,
  showError,
  showInformation,
  showProgress,
  type Step,
  translated,
} from '../ui/dialogs';
import { failureNotice } from '../ui/failureMessages';
import { bytes, joined, tokens } from '../ui/formatNumbers';
import type { Download, Downloads } from './downloads';
import { fitText, type ModelInfo } from './modelDetails';
import { type Deletion, findLoaded, getDeletion, getSuggestions } from './modelFacts';
import { overridesEditor, saveOverride } from './modelOverrides';

const { t } = vscode.l10n;

export interface ActionDependencies {
  readonly server: ModelServer;
  readonly connection: ConnectionProbe;
  readonly info: ModelInfo;
  readonly settings: SettingsReader;
  readonly profileOf: (model: string) => RequestProfile;
  readonly focusReturn: FocusReturn;
}

/** Takes a model out of memory. */
export async function unloadModel(
  { server, connection, info }: ActionDependencies,
  name: string,
): Promise<void> {
  const { unload } = server.admin;
  if (!unload) return explainDecidedByServer(server);
  const loaded = (await info.loaded()).find((model) => model.name === name);
  await showProgress(t('Unloading {0}', name), () => unload(name));
  await connection.check();
  const freed = loaded === undefined ? '' : t(' {0} of memory freed.', bytes(loaded.sizeBytes));
  vscode.window.setStatusBarMessage(t('{0} unloaded.', name) + freed, 5_000);
}

/** Deletes a model from the server's disk, after asking; true when it is gone. */
export async function deleteModel(
  { server, connection }: ActionDependencies,
  model: InstalledModel,
): Promise<boolean> {
  const deleteFromServer = server.admin.remove;
  if (!deleteFromServer) {
    await explainDecidedByServer(server);
    return false;
  }
  const { name, size } = model;
  const remove = t('Delete');
  const { state } = connection;
  const deletion = getDeletion(model, state.kind === 'connected' ? state.models : []);
  const detail = describeDeletion(deletion, size);
  const question = t('Delete {0} from {1}?', name, connection.origin);
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
  if (chosen !== remove) return false;
  await showProgress(t('Deleting {0}', name), () => deleteFromServer(name));
  await connection.check();
  const sentence =
    deletion.kind === 'cloud' || deletion.kind === 'copy'
      ? t('{0} deleted.', name)
      : t('{0} deleted. Up to {1} freed.', name, bytes(size));
  vscode.window.setStatusBarMessage(sentence, 5_000);
  return true;
}

function describeDeletion(deletion: Deletion, size: number): string {
  switch (deletion.kind) {
    case 'cloud':
      return t('The model runs on ollama.com. Deleting it frees no disk space.');
    case 'copy':
      return t('It is a copy of {0}. Deleting it frees no disk space.', deletion.of);
    case 'created':
      return t(
        'Frees up to {0}. Layers shared with other models are kept. The model was created on this server and cannot be pulled again.',
        bytes(size),
      );
    case 'pulled':
      return t(
        'Frees up to {0}. Layers shared with other models are kept. You can pull the model again if it comes from a registry.',
        bytes(size),
      );
  }
}

/** For commands that an ability is missing for: who else decides it. */
export async function explainDecidedByServer({ origin }: ModelServer): Promise<void> {
  await showInformation(
    t('The server at {0} manages its models itself. Ask whoever runs it.', origin),
  );
}

function withContext(profile: RequestProfile, length: number | null): RequestProfile {
  const next: { -readonly [K in keyof RequestProfile]: RequestProfile[K] } = { ...profile };
  if (length === null) delete next.contextLength;
  else next.contextLength = length;
  return next;
}

interface LengthItem extends vscode.QuickPickItem {
  readonly length: number | null;
  readonly isInForce: boolean;
}

const shortest = 2048;
/** Used if the model's trained context length is unknown. */
const usualLongest = 32_768;

/**
 * Changes how much one model sees at once: says what each length costs, and loads the model with it
 * once, now, so that no later question has to wait for it.
 */
export async function changeContextLength(
  deps: ActionDependencies,
  model: InstalledModel,
): Promise<boolean> {
  const { info, settings, profileOf, server, connection, focusReturn } = deps;
  const card = await info.learn(model);
  const loaded = findLoaded(model, await info.loaded());
  const inForce = profileOf(model.name).contextLength;
  const longest = model.contextLength ?? card?.trainedContext ?? usualLongest;
  const chosen = await chooseLength(
    focusReturn,
    lengthItems(deps, model, longest, inForce),
    t('Context Length for {0}', model.name),
    loaded?.contextLength === undefined
      ? t('Tokens for the prompt and the answer together')
      : t('Currently {0}. Changing it reloads the model once.', tokens(loaded.contextLength)),
  );
  if (chosen) focusReturn.returnToMessage();
  if (!chosen || chosen.isInForce) return false;
  await saveOverride(settings, model.name, { contextLength: chosen.length });
  const { load } = server.admin;
  if (load && loaded && loaded.contextLength !== chosen.length) {
    const next = withContext(profileOf(model.name), chosen.length);
    await showProgress(t('Reloading {0} with the new context length', model.name), () =>
      load(model.name, next),
    );
    await connection.check();
  }
  return true;
}

/** Begins at the length in force, so that Enter alone changes nothing. */
async function chooseLength(
  focusReturn: FocusReturn,
  items: readonly LengthItem[],
  title: string,
  placeholder: string,
): Promise<LengthItem | undefined> {
  const pick = vscode.window.createQuickPick<LengthItem>();
  Object.assign(pick, { title, placeholder, items, matchOnDetail: true });
  pick.activeItems = items.filter(({ isInForce }) => isInForce);
  const chosen = new Promise<LengthItem | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
  });
  void focusReturn.whileOpen(chosen);
  pick.show();
  return chosen.finally(() => pick.dispose());
}

function lengthItems(
  { info }: ActionDependencies,
  model: InstalledModel,
  longest: number,
  inForce: number | undefined,
): readonly LengthItem[] {
  const lengths: number[] = [];
  for (let length = shortest; length < longest; length *= 2) lengths.push(length);
  lengths.push(longest);
  const own = inForce === undefined || lengths.includes(inForce) ? [] : [inForce];
  const items = [...lengths, ...own]
    .sort((one, other) => one - other)
    .map((length) => {
      const estimate = info.estimate(model, length);
      return {
        ...{ length, label: tokens(length), isInForce: length === inForce },
        description: length === inForce ? t('current') : '',
        detail: estimate ? fitText(estimate) : '',
      };
    });
  const server = {
    ...{ length: null, label: t('Server default'), isInForce: inForce === undefined },
    description: inForce === undefined ? t('current') : '',
  };
  return [server, ...items];
}

/** Lets the person change what one model gets instead of the general settings. */
export async function editOverrides(
  deps: ActionDependencies,
  model: InstalledModel,
): Promise<void> {
  const { settings, focusReturn } = deps;
  await overridesEditor(settings, model.name, () => changeContextLength(deps, model), focusReturn);
}

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
