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

/** What deleting a model means. */
export type Deletion =
  /** Only a name is deleted: another installed model is the same. */
  | { readonly kind: 'copy'; readonly of: string }
  /** It was created on the server, so it is in no registry. */
  | { readonly kind: 'created' }
  | { readonly kind: 'cloud' }
  | { readonly kind: 'pulled' };

export function getDeletion(model: InstalledModel, installed: readonly InstalledModel[]): Deletion {
  if (model.cloud) return { kind: 'cloud' };
  const other = installed.find((one) => one.name !== model.name && isCopy(one, model));
  if (other) return { kind: 'copy', of: other.name };
  return { kind: model.createdFrom === undefined ? 'pulled' : 'created' };
}

/**
 * The entry of a model among the loaded ones. The server lists a running model under the name that loaded
 * it, so a copy is found by its digest.
 */
export function findLoaded(
  { name, digest }: Pick<InstalledModel, 'name' | 'digest'>,
  loaded: readonly LoadedModel[],
): LoadedModel | undefined {
  return (
    loaded.find((one) => sameModel(one.name, name)) ??
    loaded.find((one) => digest !== undefined && one.digest === digest)
  );
}

function isCopy(one: InstalledModel, other: InstalledModel): boolean {
  return one.digest !== undefined && one.digest === other.digest;
}

/** A model of Ollama's library that does well at programming for its size. */
export interface Suggestion {
  readonly name: string;
  /** Download size in bytes, from ollama.com/library in November 2026. */
  readonly size: number;
  readonly isForCode: boolean;
}

const library: readonly Suggestion[] = [
  { name: 'qwen3:0.6b', size: 0.52e9, isForCode: false },
  { name: 'qwen3:1.7b', size: 1.4e9, isForCode: false },
  { name: 'qwen2.5-coder:1.5b', size: 0.99e9, isForCode: true },
  { name: 'llama3.2:3b', size: 2.0e9, isForCode: false },
  { name: 'qwen3:4b', size: 2.5e9, isForCode: false },
  { name: 'gemma3:4b', size: 3.3e9, isForCode: false },
  { name: 'qwen2.5-coder:7b', size: 4.7e9, isForCode: true },
  { name: 'qwen3:8b', size: 5.2e9, isForCode: false },
  { name: 'qwen2.5-coder:14b', size: 9.0e9, isForCode: true },
  { name: 'qwen3:14b', size: 9.3e9, isForCode: false },
  { name: 'gpt-oss:20b', size: 14e9, isForCode: false },
  { name: 'qwen3-coder:30b', size: 19e9, isForCode: true },
  { name: 'gpt-oss:120b', size: 65e9, isForCode: false },
];

/** Of a machine's memory, what a model may take and leave enough for an editor and a browser. */
const share = 0.6;
const most = 8;

/**
 * The best that fit a machine, largest first; where its memory is not known (another machine's), small
 * and middling ones.
 */
export function getSuggestions(memoryBytes: number | undefined): readonly Suggestion[] {
  const room = memoryBytes === undefined ? 10e9 : memoryBytes * share;
  const fitting = library
    .filter(({ size }) => size <= room)
    .sort((one, other) => other.size - one.size);
  // Something is offered on the smallest machine too.
  return fitting.length === 0 ? library.slice(0, 1) : fitting.slice(0, most);
}
