import type { InstalledModel, LoadedModel } from '../conversation/ports';
import { sameModel } from '../ollama/modelName';

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
