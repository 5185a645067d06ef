import * as vscode from 'vscode';
import type { InstalledModel, LoadedModel, ModelAdmin } from '../conversation/ports';
import { sameModel } from '../ollama/modelName';
import { asIconLabel } from '../shared/hiddenCharacters';
import { ago, joined, sizeOnDisk, tokens } from '../ui/formatNumbers';
import { fitText, type ModelInfo } from './modelDetails';

const { t } = vscode.l10n;

/** The groups of the picker, in the order in which they are shown. */
const groups = ['recent', 'local', 'tooLarge', 'cloud', 'noChat'] as const;
type Group = (typeof groups)[number];

export interface ModelItem extends vscode.QuickPickItem {
  readonly model: InstalledModel;
  readonly group: Group;
  /** Why it cannot be chosen. */
  readonly reason: string | undefined;
}

export const itemButtons = {
  details: (): vscode.QuickInputButton => button('info', t('Details')),
  overrides: (): vscode.QuickInputButton => button('settings-gear', t('Settings for This Model')),
  unload: (): vscode.QuickInputButton => button('debug-disconnect', t('Unload')),
  remove: (): vscode.QuickInputButton => button('trash', t('Delete')),
} as const;

/** What a server that manages its models itself tells of one. */
export function describeServed(model: InstalledModel): string {
  const { status, servedContext, createdFrom } = model;
  return joined([
    status ? statusText(status) : '',
    servedContext === undefined ? '' : tokens(servedContext),
    createdFrom === undefined ? '' : t('adapter of {0}', asIconLabel(createdFrom)),
    model.size === 0 ? '' : sizeOnDisk(model),
  ]);
}

export function statusText(status: NonNullable<InstalledModel['status']>): string {
  const texts = {
    loaded: t('loaded'),
    loading: t('loading'),
    unloaded: t('not loaded'),
    failed: t('failed to load'),
  };
  return texts[status];
}

export interface ItemScene {
  readonly info: ModelInfo;
  readonly loaded: readonly LoadedModel[];
  readonly lastUsed: (model: string) => number | undefined;
  readonly current: string;
  readonly admin: ModelAdmin;
  readonly nowMs: number;
}

/**
 * The models by group: in use, loaded or used before; the other ones on the server; those that do not fit
 * this machine; those that run elsewhere; those that cannot chat. Within a group, the one that is likely
 * wanted comes first: in use, loaded, last used, by name.
 */
export function modelItems(
  models: readonly InstalledModel[],
  scene: ItemScene,
): readonly ModelItem[] {
  const rank = ({ name }: InstalledModel): number =>
    sameModel(name, scene.current)
      ? Number.MAX_VALUE
      : (scene.lastUsed(name) ?? 0) + (findLoaded(scene, name) ? 1e15 : 0);
  return models
    .map((model) => createItem(model, scene))
    .sort(
      (one, other) =>
        groups.indexOf(one.group) - groups.indexOf(other.group) ||
        rank(other.model) - rank(one.model) ||
        one.model.name.localeCompare(other.model.name),
    );
}

/** The items with the title of each group above it. */
export function withGroupTitles(
  items: readonly ModelItem[],
): readonly (ModelItem | vscode.QuickPickItem)[] {
  const titles: Readonly<Record<Group, string>> = {
    recent: t('Loaded or Recently Used'),
    local: t('On This Server'),
    tooLarge: t('Too Large for This Machine'),
    cloud: t('In the Cloud'),
    noChat: t('Cannot Chat'),
  };
  return items.flatMap((item, index) =>
    items[index - 1]?.group === item.group
      ? [item]
      : [{ label: titles[item.group], kind: vscode.QuickPickItemKind.Separator }, item],
  );
}

/** Among more models than this there is a choice to be made. */
const mostLearned = 12;

/** The only model that can chat on this machine, if there is one: then there is nothing to choose. */
export async function findOnlyChoice(
  models: readonly InstalledModel[],
  info: ModelInfo,
): Promise<InstalledModel | undefined> {
  const local = models.filter(({ cloud }) => !cloud);
  if (local.length > mostLearned) return undefined;
  await Promise.all(local.map((model) => info.learn(model)));
  const [only, another] = local.filter(
    (model) =>
      findObstacle(model, info.capabilities(model)) === undefined &&
      info.estimate(model)?.fit !== 'tooLarge',
  );
  return another === undefined ? only : undefined;
}

function formatCapabilities(capabilities: readonly string[] = []): string {
  return asIconLabel(capabilities.filter((one) => one !== 'completion').join(', '));
}

function getIcon(model: InstalledModel, reason: string | undefined, isLoaded: boolean): string {
  if (reason !== undefined) return 'circle-slash';
  if (model.cloud) return 'cloud';
  return isLoaded ? 'circle-filled' : 'circle-outline';
}

/** An ability that the server does not have has no button. */
function getButtons({ admin }: ItemScene, isLoaded: boolean): readonly vscode.QuickInputButton[] {
  return [
    itemButtons.details(),
    itemButtons.overrides(),
    ...(isLoaded && admin.unload ? [itemButtons.unload()] : []),
    ...(admin.remove ? [itemButtons.remove()] : []),
  ];
}

function createItem(model: InstalledModel, scene: ItemScene): ModelItem {
  const { info, current, nowMs } = scene;
  const reason = findObstacle(model, info.capabilities(model));
  const loaded = findLoaded(scene, model.name);
  const isLoaded = loaded !== undefined || model.status === 'loaded';
  const used = scene.lastUsed(model.name);
  const estimate = info.estimate(model);
  const memory = model.status ? statusText(model.status) : isLoaded ? t('loaded') : '';
  return {
    label: `$(${getIcon(model, reason, isLoaded)}) ${asIconLabel(model.name)}`,
    description: joined([
      sameModel(model.name, current) ? t('current') : '',
      model.cloud ? t('runs on ollama.com') : '',
      memory,
      asIconLabel(model.parameterSize ?? '', 40),
      asIconLabel(model.quantization ?? '', 40),
      sizeOnDisk(model),
      used === undefined ? '' : ago(nowMs - used),
    ]),
    detail: joined([
      reason,
      // A narrow list cuts the end off.
      estimate && fitText(estimate),
      formatCapabilities(info.capabilities(model)),
      describeContext(model, info),
      describeAdapter(model),
    ]),
    buttons: getButtons(scene, isLoaded),
    model,
    reason,
    group: getGroup(model, scene, reason),
  };
}

function getGroup(model: InstalledModel, scene: ItemScene, reason: string | undefined): Group {
  if (reason !== undefined) return 'noChat';
  const isKnown =
    sameModel(model.name, scene.current) ||
    scene.lastUsed(model.name) !== undefined ||
    findLoaded(scene, model.name) !== undefined;
  if (isKnown) return 'recent';
  if (model.cloud) return 'cloud';
  return scene.info.estimate(model)?.fit === 'tooLarge' ? 'tooLarge' : 'local';
}

/** Ollama's own models can be made from others, too, and are whole models then. */
function describeAdapter({ createdFrom, servedContext }: InstalledModel): string {
  const isAdapter = createdFrom !== undefined && servedContext !== undefined;
  return isAdapter ? t('adapter of {0}', asIconLabel(createdFrom)) : '';
}

function describeContext(model: InstalledModel, info: ModelInfo): string {
  if (model.servedContext !== undefined) return t('context of {0}', tokens(model.servedContext));
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
    ? t('{0} is an embedding model and cannot chat.', asIconLabel(name))
    : t('{0} does not support chat.', asIconLabel(name));
}

function findLoaded({ loaded }: ItemScene, name: string): LoadedModel | undefined {
  return loaded.find((one) => one.name === name);
}

function button(icon: string, tooltip: string): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon(icon), tooltip };
}
