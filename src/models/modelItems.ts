import * as vscode from 'vscode';
import type { InstalledModel, LoadedModel } from '../conversation/ports';
import { sameModel } from '../ollama/modelName';
import { ago, joined, sizeOnDisk, tokens } from '../ui/formatNumbers';
import { fitText, type ModelInfo } from './modelDetails';

const { t } = vscode.l10n;

export interface ModelItem extends vscode.QuickPickItem {
  readonly model: InstalledModel;
  /** Why it cannot be chosen. */
  readonly reason: string | undefined;
}

export const itemButtons = {
  details: (): vscode.QuickInputButton => button('info', t('Details')),
  overrides: (): vscode.QuickInputButton => button('settings-gear', t('Settings for This Model')),
  unload: (): vscode.QuickInputButton => button('debug-disconnect', t('Unload')),
  remove: (): vscode.QuickInputButton => button('trash', t('Delete')),
} as const;

export interface ItemScene {
  readonly info: ModelInfo;
  readonly loaded: readonly LoadedModel[];
  readonly lastUsed: (model: string) => number | undefined;
  readonly current: string;
  readonly nowMs: number;
}

/** The models in the order in which they are likely to be wanted: in use, loaded, last used, by name. */
export function modelItems(
  models: readonly InstalledModel[],
  scene: ItemScene,
): readonly ModelItem[] {
  const rank = ({ name }: InstalledModel): number =>
    sameModel(name, scene.current)
      ? Infinity
      : (scene.lastUsed(name) ?? 0) + (loadedOf(scene, name) ? 1e15 : 0);
  return [...models]
    .sort((one, other) => {
      const byRank = rank(other) - rank(one);
      return Number.isNaN(byRank) || byRank === 0 ? one.name.localeCompare(other.name) : byRank;
    })
    .map((model) => itemOf(model, scene));
}

function itemOf(model: InstalledModel, scene: ItemScene): ModelItem {
  const { info, current, nowMs } = scene;
  const reason = findObstacle(model, info.capabilities(model));
  const loaded = loadedOf(scene, model.name);
  const used = scene.lastUsed(model.name);
  const estimate = info.estimate(model);
  const icon =
    reason !== undefined
      ? 'circle-slash'
      : model.cloud
        ? 'cloud'
        : loaded
          ? 'circle-filled'
          : 'circle-outline';
  return {
    label: `$(${icon}) ${model.name}`,
    description: joined([
      sameModel(model.name, current) ? t('current') : '',
      model.cloud ? t('runs on ollama.com') : '',
      loaded ? t('loaded') : '',
      model.parameterSize,
      model.quantization,
      sizeOnDisk(model),
      used === undefined ? '' : ago(nowMs - used),
    ]),
    detail: joined([
      reason,
      // A narrow list cuts the end off.
      estimate && fitText(estimate),
      (info.capabilities(model) ?? []).filter((one) => one !== 'completion').join(', '),
      contextOf(model, info),
    ]),
    buttons: [
      itemButtons.details(),
      itemButtons.overrides(),
      ...(loaded ? [itemButtons.unload()] : []),
      itemButtons.remove(),
    ],
    model,
    reason,
  };
}

function contextOf(model: InstalledModel, info: ModelInfo): string {
  const trained = model.contextLength ?? info.card(model)?.trainedContext;
  return trained === undefined ? '' : t('context up to {0}', tokens(trained));
}

/** Why a model cannot chat; a server that does not say what it can do is believed to have chat models. */
export function findObstacle(
  { name }: InstalledModel,
  capabilities: readonly string[] | undefined,
): string | undefined {
  if (capabilities === undefined || capabilities.includes('completion')) return undefined;
  return capabilities.includes('embedding')
    ? t('{0} is an embedding model and cannot chat.', name)
    : t('{0} does not support chat.', name);
}

function loadedOf({ loaded }: ItemScene, name: string): LoadedModel | undefined {
  return loaded.find((one) => one.name === name);
}

function button(icon: string, tooltip: string): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon(icon), tooltip };
}
