import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import type {
  ConnectionProbe,
  InstalledModel,
  ModelServer,
  RequestProfile,
} from '../conversation/ports';
import type { SettingsReader } from '../settings/settingsReader';
import {
  dialogTexts,
  type FocusReturn,
  showInformation,
  showProgress,
  showStatus,
} from '../ui/dialogs';
import { bytes, tokens } from '../ui/formatNumbers';
import { fitText, type ModelInfo } from './modelDetails';
import { type Deletion, findLoaded, getDeletion } from './modelFacts';
import { overridesEditor, saveOverride } from './modelOverrides';

const { t } = vscode.l10n;

export interface ActionDependencies {
  readonly server: ModelServer;
  readonly connection: ConnectionProbe;
  readonly info: ModelInfo;
  readonly settings: SettingsReader;
  readonly getProfile: (model: string) => RequestProfile;
  readonly focusReturn: FocusReturn;
}

/** Loads a model the way every request to it does, so that it stays loaded. */
export async function loadModel(
  { server, connection, getProfile }: ActionDependencies,
  name: string,
): Promise<void> {
  const { load } = server.admin;
  if (!load) {
    await explainDecidedByServer(server);
    return;
  }
  await showProgress(t('Loading {0}', name), () => load(name, getProfile(name)));
  await connection.check();
  showStatus(t('{0} loaded.', name));
}

/** Takes a model out of memory. */
export async function unloadModel(
  { server, connection, info }: ActionDependencies,
  name: string,
): Promise<void> {
  const { unload } = server.admin;
  if (!unload) {
    await explainDecidedByServer(server);
    return;
  }
  const loaded = (await info.loaded()).find((model) => model.name === name);
  await showProgress(t('Unloading {0}', name), () => unload(name));
  await connection.check();
  const freed = loaded === undefined ? '' : t(' {0} of memory freed.', bytes(loaded.sizeBytes));
  showStatus(t('{0} unloaded.', name) + freed);
}

/** Deletes a model from the server's disk, after asking; true when it is gone. */
export async function deleteModel(
  { server, connection }: ActionDependencies,
  model: InstalledModel,
): Promise<boolean> {
  const deleteFromServer = server.admin.remove;
  if (!deleteFromServer) {
    return explainDecidedByServer(server);
  }
  const { name, size } = model;
  const remove = t('Delete');
  const { state } = connection;
  const deletion = getDeletion(model, state.kind === 'connected' ? state.models : []);
  const detail = describeDeletion(deletion, size);
  const question = t('Delete {0} from {1}?', name, connection.origin);
  const texts = dialogTexts(question, detail.split('\n'));
  const chosen = await vscode.window.showWarningMessage(...texts, remove);
  if (chosen !== remove) return false;
  await showProgress(t('Deleting {0}', name), () => deleteFromServer(name));
  await connection.check();
  const sentence =
    deletion.kind === 'cloud' || deletion.kind === 'copy'
      ? t('{0} deleted.', name)
      : t('{0} deleted. Up to {1} freed.', name, bytes(size));
  showStatus(sentence);
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
export async function explainDecidedByServer({ origin }: ModelServer): Promise<false> {
  await showInformation(
    t('The server at {0} manages its models itself. Ask its administrator.', origin),
  );
  return false;
}

function withContext(profile: RequestProfile, length: number | null): RequestProfile {
  const next: { -readonly [K in keyof RequestProfile]: RequestProfile[K] } = { ...profile };
  if (length === null) delete next.contextLength;
  else next.contextLength = length;
  return next;
}

interface LengthItem extends vscode.QuickPickItem {
  readonly length: number | null | 'auto';
  readonly isInForce: boolean;
}

const shortest = 2048;
/** Used if the model's trained context length is unknown: where Cria asks for it, and where the server decides. */
const usualLongest = { asked: 32_768, served: 131_072 } as const;

/**
 * Changes how much one model sees at once: says what each length costs, and loads the model with it
 * once, now, so that no later question has to wait for it. Where the server decides and does not report its
 * length, the user may know it.
 */
export function changeContextLength(
  deps: ActionDependencies,
  model: InstalledModel,
): Promise<boolean> {
  const { server } = deps;
  const isKnown = !server.takesLoadOptions && model.servedContext !== undefined;
  return isKnown ? explainDecidedByServer(server) : askContextLength(deps, model);
}

async function askContextLength(deps: ActionDependencies, model: InstalledModel): Promise<boolean> {
  const { info, server, settings, getProfile, focusReturn } = deps;
  const { trainedContext } = (await info.learn(model)) ?? {};
  const loaded = findLoaded(model, await info.loaded());
  const inForce = getLength(getProfile(model.name), server);
  const usual = usualLongest[server.takesLoadOptions ? 'asked' : 'served'];
  const longest = model.contextLength ?? trainedContext ?? usual;
  const chosen = await chooseLength(
    focusReturn,
    lengthItems(deps, model, longest, inForce),
    t('Context Length for {0}', asLabel(model.name)),
    loaded?.contextLength === undefined
      ? t('Tokens shared by the prompt and the answer')
      : t('Currently {0}. Changing it reloads the model once.', tokens(loaded.contextLength)),
  );
  if (chosen) focusReturn.returnToMessage();
  if (!chosen || chosen.isInForce) return false;
  await saveOverride(settings, model.name, { contextLength: chosen.length });
  if (loaded && loaded.contextLength !== chosen.length) await reload(deps, model, chosen.length);
  return true;
}

/** An automatic length is asked for only when it is needed. */
async function reload(
  { getProfile, server, connection }: ActionDependencies,
  { name }: InstalledModel,
  length: LengthItem['length'],
): Promise<void> {
  const { load } = server.admin;
  if (!load || length === 'auto') return;
  const next = withContext(getProfile(name), length);
  await showProgress(t('Reloading {0} with the new context length', name), () => load(name, next));
  await connection.check();
}

function getLength(
  { automatic, contextLength }: RequestProfile,
  { takesLoadOptions }: ModelServer,
): LengthItem['length'] {
  if (automatic === undefined) return contextLength ?? null;
  return takesLoadOptions ? 'auto' : null;
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
  { info, server }: ActionDependencies,
  model: InstalledModel,
  longest: number,
  inForce: LengthItem['length'],
): readonly LengthItem[] {
  const lengths: number[] = [];
  for (let length = shortest; length < longest; length *= 2) lengths.push(length);
  lengths.push(longest);
  const own = typeof inForce !== 'number' || lengths.includes(inForce) ? [] : [inForce];
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
  const createItem = (length: null | 'auto', label: string): LengthItem => ({
    ...{ length, label, isInForce: inForce === length },
    description: inForce === length ? t('current') : '',
  });
  const serverDefault = createItem(null, t('Server default'));
  // A served length is never asked for, so it cannot become longer.
  return server.takesLoadOptions
    ? [createItem('auto', t('Automatic: longer only when needed')), serverDefault, ...items]
    : [serverDefault, ...items];
}

/** Lets the person change what one model gets instead of the general settings. */
export async function editOverrides(
  deps: ActionDependencies,
  model: InstalledModel,
): Promise<void> {
  const { settings, focusReturn } = deps;
  await overridesEditor(settings, model.name, () => changeContextLength(deps, model), focusReturn);
}
