import type { ShowResponse } from './wire';

/** The cache holds numbers of two bytes unless the server was told otherwise (`OLLAMA_KV_CACHE_TYPE`). */
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
