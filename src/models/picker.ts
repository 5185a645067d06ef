import * as vscode from 'vscode';
import type { ConnectionProbe, InstalledModel } from '../conversation/ports';
import type { FixAction } from '../shared/protocol';
import { failureNotice } from '../workspace/failures';
import { nobody, type Fixes } from '../workspace/fixes';
import { saveModel } from '../workspace/settings';

const { t } = vscode.l10n;

export interface PickerDependencies {
  readonly connection: ConnectionProbe;
  readonly currentModel: () => string;
  readonly fixes: () => Fixes;
}

interface ModelItem extends vscode.QuickPickItem {
  readonly model: InstalledModel;
}

/** Lets the person choose the model that answers from now on; true when one was chosen and saved. */
export async function pickModel(deps: PickerDependencies): Promise<boolean> {
  const name = await chooseModel(deps);
  if (name === undefined) return false;
  await saveModel(name);
  return true;
}

/** Lets the person choose among the installed models; undefined when none was chosen. */
export async function chooseModel(deps: PickerDependencies): Promise<string | undefined> {
  const state = await vscode.window.withProgress({ location: { viewId: 'cria.chat' } }, () =>
    deps.connection.check(),
  );
  if (state.kind === 'failed') {
    const { sentence, buttons } = failureNotice(state.failure, '', deps.connection.origin);
    return offer(deps, sentence, buttons);
  }
  const models = state.kind === 'connected' ? state.models : [];
  if (models.length > 0) return choose(models, deps.currentModel());
  const sentence = t(
    'Ollama at {0} has no model yet. Install one in a terminal, for example: ollama pull qwen3:8b',
    deps.connection.origin,
  );
  return offer(deps, sentence, []);
}

async function choose(
  models: readonly InstalledModel[],
  current: string,
): Promise<string | undefined> {
  const items = models.map((model) => itemOf(model, current));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Choose a Model'),
    placeHolder: t('The model that answers in this window'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!chosen) return undefined;
  const reason = whyNot(chosen.model);
  if (reason !== undefined) {
    await vscode.window.showWarningMessage(reason);
    return choose(models, current);
  }
  return (await consentToCloud(chosen.model)) ? chosen.model.name : undefined;
}

/** An answer computed elsewhere leaves the machine, so it is asked for each such pick. */
async function consentToCloud({ name, cloud }: InstalledModel): Promise<boolean> {
  if (!cloud) return true;
  const use = t('Use {0}', name);
  const chosen = await vscode.window.showWarningMessage(
    t('{0} runs on ollama.com: what you ask leaves your machines.', name),
    { modal: true },
    use,
  );
  return chosen === use;
}

function itemOf(model: InstalledModel, current: string): ModelItem {
  const reason = whyNot(model);
  const icon = reason === undefined ? (model.cloud ? 'cloud' : 'hubot') : 'circle-slash';
  const facts = [model.parameterSize, model.quantization, model.cloud ? '' : bytes(model.size)];
  const context =
    model.contextLength === undefined
      ? ''
      : t('{0} tokens of context', model.contextLength.toLocaleString(vscode.env.language));
  const detail = [context, ...(model.capabilities ?? []), reason ?? ''];
  return {
    label: `$(${icon}) ${model.name}`,
    description: joined([model.name === current ? t('in use') : '', ...facts]),
    detail: joined(detail),
    model,
  };
}

/** Why a model cannot chat; servers before 0.30 do not say what a model can do. */
function whyNot({ name, capabilities }: InstalledModel): string | undefined {
  if (capabilities === undefined || capabilities.includes('completion')) return undefined;
  return capabilities.includes('embedding')
    ? t('{0} makes embeddings; it cannot chat.', name)
    : t('{0} cannot chat.', name);
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function bytes(size: number): string {
  const gigabytes = size / 1e9;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.round(size / 1e6)} MB`;
}

async function offer(
  deps: PickerDependencies,
  sentence: string,
  buttons: readonly { readonly action: FixAction; readonly label: string }[],
): Promise<string | undefined> {
  const labels = buttons.map(({ label }) => label);
  const chosen = await vscode.window.showErrorMessage(sentence, ...labels);
  const button = buttons.find(({ label }) => label === chosen);
  if (!button) return undefined;
  if (button.action === 'retry') return chooseModel(deps);
  await deps.fixes()(button.action, nobody);
  return undefined;
}
