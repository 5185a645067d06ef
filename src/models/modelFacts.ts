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

/** What a model is good at, in a few words. */
export type Strength = 'quick' | 'code' | 'general' | 'reasoning';

/** A model of Ollama's library that does well for its size. */
export interface Suggestion {
  readonly name: string;
  /** Download size in bytes, from ollama.com/library in November 2026. */
  readonly size: number;
  readonly strength: Strength;
}

const library: readonly Suggestion[] = [
  { name: 'qwen3:0.6b', size: 0.52e9, strength: 'quick' },
  { name: 'qwen2.5-coder:1.5b', size: 0.99e9, strength: 'code' },
  { name: 'qwen3:1.7b', size: 1.4e9, strength: 'quick' },
  { name: 'llama3.2:3b', size: 2.0e9, strength: 'general' },
  { name: 'qwen3:4b', size: 2.5e9, strength: 'general' },
  { name: 'gemma3:4b', size: 3.3e9, strength: 'general' },
  { name: 'qwen2.5-coder:7b', size: 4.7e9, strength: 'code' },
  { name: 'qwen3:8b', size: 5.2e9, strength: 'reasoning' },
  { name: 'qwen2.5-coder:14b', size: 9.0e9, strength: 'code' },
  { name: 'qwen3:14b', size: 9.3e9, strength: 'reasoning' },
  { name: 'gpt-oss:20b', size: 14e9, strength: 'reasoning' },
  { name: 'qwen3-coder:30b', size: 19e9, strength: 'code' },
  { name: 'gpt-oss:120b', size: 65e9, strength: 'reasoning' },
];

export interface Machine {
  /** Undefined for another machine, or where it is not known. */
  readonly memoryBytes: number | undefined;
  /** Whether Ollama uses a GPU; undefined until a model was loaded. */
  readonly hasGpu: boolean | undefined;
}

/** Of a machine's memory, what a model may take and leave enough for an editor and a browser. */
const share = 0.6;
/** Without a GPU, larger models write fewer than about five tokens a second. */
const quickWithoutGpu = 5.5e9;
const most = 8;
const mostSlow = 3;

/**
 * The models that fit a machine, the recommended one first. With a GPU that is the largest one; without,
 * the largest that still answers at a readable speed, and what is slower comes after the smaller ones.
 */
export function getSuggestions({ memoryBytes, hasGpu }: Machine): readonly Suggestion[] {
  const room = memoryBytes === undefined ? 10e9 : memoryBytes * share;
  const fitting = library
    .filter(({ size }) => size <= room)
    .sort((one, other) => other.size - one.size);
  // Something is offered on the smallest machine too.
  if (fitting.length === 0) return library.slice(0, 1);
  if (hasGpu === true) return fitting.slice(0, most);
  const slow = fitting.filter((one) => !isQuick(one)).slice(-mostSlow);
  return [...fitting.filter(isQuick).slice(0, most - slow.length), ...slow];
}

/** Whether it answers at a readable speed without a GPU. */
export function isQuick({ size }: Suggestion): boolean {
  return size <= quickWithoutGpu;
}
