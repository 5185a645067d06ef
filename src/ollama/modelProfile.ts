import { defined } from '../shared/defined';
import { isCloudName, sameModel } from './modelName';
import type { PsModel, ShowResponse, TagsModel } from './responses';

/** What is known of a model, put together from `tags`, `show` and `ps`. */
export interface ModelProfile {
  readonly name: string;
  /** `completion`, `tools`, `vision`, `thinking`, `embedding`, `insert`, …; absent: the server does not say. */
  readonly capabilities?: readonly string[];
  readonly context: ContextLengths;
  /** Bytes on disk. */
  readonly sizeBytes?: number;
  /** Bytes in memory, and those of them on a GPU; absent while the model is not loaded. */
  readonly loaded?: { readonly sizeBytes: number; readonly gpuBytes: number };
  readonly family?: string;
  /** Such as `8.2B`. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string;
  /** The answer is computed on another machine, on this server's behalf. */
  readonly isCloud: boolean;
}

/** Three numbers that are easily confused, in tokens. What counts for a prompt is what is allocated. */
export interface ContextLengths {
  /** The longest the model was trained for. */
  readonly trained?: number;
  /** `num_ctx` of its Modelfile. */
  readonly configured?: number;
  /** What the server gave it, now that it is loaded. */
  readonly allocated?: number;
}

export interface ProfileSources {
  readonly show?: ShowResponse;
  readonly tags?: readonly TagsModel[];
  readonly ps?: readonly PsModel[];
}

/** Joins what the sources say of the model `name`; each of them may be missing, or old and silent. */
export function modelProfile(
  name: string,
  { show, tags = [], ps = [] }: ProfileSources,
): ModelProfile {
  const tag = tags.find((model) => sameModel(model.name, name));
  const loaded = ps.find((model) => sameModel(model.name, name));
  // The later one wins where both say something; `show` knows most.
  const { capabilities, remote_host }: Partial<TagsModel> = { ...tag, ...show };
  const details = { ...loaded?.details, ...tag?.details, ...show?.details };
  return defined({
    name,
    capabilities,
    context: contextLengths(show, tag, loaded),
    sizeBytes: tag?.size,
    loaded: loaded && { sizeBytes: loaded.size, gpuBytes: loaded.size_vram },
    family: details.family,
    parameterSize: details.parameter_size,
    quantization: details.quantization_level,
    isCloud: isCloudName(name) || Boolean(remote_host),
  });
}

function contextLengths(
  show: ShowResponse | undefined,
  tag: TagsModel | undefined,
  loaded: PsModel | undefined,
): ContextLengths {
  return defined({
    trained: trainedContext(show) ?? tag?.details.context_length,
    configured: configuredContext(show?.parameters),
    allocated: loaded?.context_length,
  });
}

/** `model_info` names the field after the architecture: `llama.context_length`. */
function trainedContext(show: ShowResponse | undefined): number | undefined {
  const info = show?.model_info ?? {};
  const architecture = info['general.architecture'];
  const exact =
    typeof architecture === 'string' ? info[`${architecture}.context_length`] : undefined;
  const any = Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1];
  return [exact, any, show?.details.context_length].find(isLength);
}

/** `parameters` is text, one parameter a line, in no order: `num_ctx                        65536`. */
function configuredContext(parameters = ''): number | undefined {
  const length = Number(/^num_ctx\s+(\d+)\s*$/mu.exec(parameters)?.[1]);
  return isLength(length) ? length : undefined;
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** The cache holds two-byte numbers unless the server is configured otherwise (`OLLAMA_KV_CACHE_TYPE`). */
const bytesPerNumber = 2;

/**
 * Bytes of memory that each token of context takes: a key and a value for each head of each layer
 * (fs/ggml `GraphSize`). Undefined where `model_info` does not say the model's shape. For models that
 * look back only a part of the way in some layers it is an upper bound.
 */
export function cacheBytesPerToken({ model_info: info }: ShowResponse): number | undefined {
  const architecture = String(info['general.architecture']);
  const of = (key: string): unknown => info[`${architecture}.${key}`];
  const layers = count(of('block_count'));
  const heads = count(of('attention.head_count'));
  if (layers === undefined || heads === undefined) return undefined;
  const width = count(of('embedding_length'));
  const usual = width === undefined ? undefined : width / heads;
  const key = count(of('attention.key_length')) ?? usual;
  const value = count(of('attention.value_length')) ?? usual;
  if (key === undefined || value === undefined) return undefined;
  const keptHeads = of('attention.head_count_kv') ?? heads;
  // Some models say it for each layer.
  const allHeads = Array.isArray(keptHeads)
    ? keptHeads.reduce<number>((sum, one) => sum + (count(one) ?? 0), 0)
    : layers * (count(keptHeads) ?? heads);
  return allHeads * (key + value) * bytesPerNumber;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
