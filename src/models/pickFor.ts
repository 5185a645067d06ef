import * as vscode from 'vscode';
import type { InstalledModel } from '../conversation/ports';
import { ModelPicker, type PickDependencies, type Picked } from './modelPicker';

const { t } = vscode.l10n;

export type ModelSetting = 'model' | 'explain.model';

/** Shows the models to choose from for a setting, or for one answer where no setting is named. */
export function pickFor(
  setting: ModelSetting | undefined,
  current: string,
  models: readonly InstalledModel[],
  deps: PickDependencies,
): Promise<Picked | undefined> {
  const isExplain = setting === 'explain.model';
  const sameLabel = `$(comment-discussion) ${t('The same as in the chat')}`;
  const request = {
    ...{ models, current },
    title: isExplain ? t('Choose the Model That Explains') : t('Choose a Model'),
    placeholder: isExplain
      ? t('A small one explains sooner')
      : t('The model that answers in this window'),
    ...(isExplain ? { first: { label: sameLabel } } : {}),
  };
  return new ModelPicker(deps, request).show();
}
