import type { IncomingHttpHeaders } from 'node:http';
import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../http/jsonValues';
import { maxDetailLength, maxListedModels, maxNameLength } from '../http/limits';
import { defined } from '../shared/defined';
import { takeStart } from '../shared/hiddenCharacters';

/**
 * The programs that serve OpenAI's API, as far as their list of models tells them apart. A flavor only adds: a
 * server that is taken for `unknown` can be asked for everything that all servers have.
 */
export const flavors = [
  'llamacpp',
  'vllm',
  'sglang',
  'lmstudio',
  'litellm',
  'tgi',
  'ray',
  'openrouter',
  'llamaswap',
  'llamacpppython',
  'ollama',
  'localai',
  'unknown',
] as const;
export type Flavor = (typeof flavors)[number];

/** The name of each program as it is written by its makers; the unknown one has none. */
export const flavorNames: Readonly<Record<Flavor, string | undefined>> = {
  llamacpp: 'llama.cpp',
  vllm: 'vLLM',
  sglang: 'SGLang',
  lmstudio: 'LM Studio',
  litellm: 'LiteLLM',
  tgi: 'Text Generation Inference',
  ray: 'Ray Serve',
  openrouter: 'OpenRouter',
  llamaswap: 'llama-swap',
  llamacpppython: 'llama-cpp-python',
  ollama: 'Ollama',
  localai: 'LocalAI',
  unknown: undefined,
};

const text = v.fallback(
  v.optional(
    v.pipe(
      v.string(),
      v.transform((written) => takeStart(written, maxDetailLength)),
    ),
  ),
  undefined,
);
const count = v.fallback(v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))), undefined);
const jsonObject = v.custom<JsonObject>(isJsonObject);
const nested = v.fallback(v.optional(jsonObject, {}), {});

const entrySchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(maxNameLength)),
  owned_by: text,
  created: v.fallback(v.optional(v.number()), undefined),
  parent: text,
  max_model_len: count,
  max_input_tokens: count,
  context_length: count,
  mode: text,
  type: text,
  pricing: v.fallback(v.optional(jsonObject), undefined),
  capabilities: v.fallback(v.optional(v.unknown()), undefined),
  meta: nested,
  status: nested,
  metadata: nested,
});
type Entry = v.InferOutput<typeof entrySchema>;

/** Entries of `data`; what has no id is dropped. An empty list is a list. */
const listSchema = v.pipe(
  jsonObject,
  v.object({ data: v.array(v.unknown()) }),
  v.transform(({ data }) => {
    const entries = data.slice(0, maxListedModels).flatMap((entry) => {
      const parsed = v.safeParse(entrySchema, entry);
      return parsed.success ? [parsed.output] : [];
    });
    return { entries, notListed: data.length - entries.length };
  }),
);

/** A model that a server offers. */
export interface ServedModel {
  readonly id: string;
  /** Tokens of context that a request to it has. */
  readonly contextLength?: number;
  /** Tokens it was trained for. */
  readonly trainedContext?: number;
  /** Bytes of its file. */
  readonly sizeBytes?: number;
  readonly parameters?: number;
  readonly quantization?: string;
  /** The model that it adapts (LoRA). */
  readonly parent?: string;
  /** Of a router: whether it is in memory. */
  readonly status?: 'loaded' | 'loading' | 'unloaded' | 'failed';
  /** What the server says that it is for; absent: it does not say. */
  readonly use?: 'chat' | 'embedding' | 'other';
}

export interface ServedModels {
  readonly models: readonly ServedModel[];
  readonly flavor: Flavor;
  /** Entries without a name that can be used, and those over the limit. */
  readonly notListed: number;
}

/** Reads the response of `/models`; undefined for anything that is not a list of models. */
export function readModels(value: unknown, headers: IncomingHttpHeaders): ServedModels | undefined {
  const parsed = v.safeParse(listSchema, value);
  if (!parsed.success) return undefined;
  const { entries, notListed } = parsed.output;
  const flavor = findFlavor(entries, headers);
  return { models: entries.map((entry) => toModel(entry)), flavor, notListed };
}

/** LiteLLM's `DEFAULT_MODEL_CREATED_AT_TIME`, which no other program sends. */
const litellmCreated = 1_677_610_602;

/** By the first entry, as far as a program writes what no other does. The first match counts. */
const marks: readonly (readonly [Flavor, (first: Entry) => boolean])[] = [
  ['litellm', ({ created }) => created === litellmCreated],
  [
    'openrouter',
    ({ pricing, context_length }) => pricing !== undefined && context_length !== undefined,
  ],
  ['llamaswap', ({ status, context_length }) => 'value' in status && context_length !== undefined],
  ['ray', ({ owned_by, metadata }) => owned_by === 'organization-owner' && 'model_id' in metadata],
  ['tgi', ({ id, owned_by, created }) => owned_by === id && created === 0],
];

function findFlavor([first]: readonly Entry[], headers: IncomingHttpHeaders): Flavor {
  if (headers['x-litellm-version'] !== undefined) return 'litellm';
  const marked = first && marks.find(([, hasMark]) => hasMark(first))?.[0];
  if (marked) return marked;
  const owner = first?.owned_by ?? '';
  if (Object.hasOwn(owners, owner)) return owners[owner] ?? 'unknown';
  return headers['server'] === 'llama.cpp' ? 'llamacpp' : 'unknown';
}

const owners: Readonly<Record<string, Flavor>> = {
  llamacpp: 'llamacpp',
  vllm: 'vllm',
  sglang: 'sglang',
  organization_owner: 'lmstudio',
  me: 'llamacpppython',
  library: 'ollama',
};

function toModel(entry: Entry): ServedModel {
  const { id, meta, metadata, parent } = entry;
  return defined({
    id,
    contextLength:
      entry.max_model_len ??
      toCount(meta['n_ctx']) ??
      entry.max_input_tokens ??
      entry.context_length ??
      toCount(metadata['max_request_context_length']),
    trainedContext: toCount(meta['n_ctx_train']),
    sizeBytes: toCount(meta['size']),
    parameters: toCount(meta['n_params']),
    quantization: v.parse(text, meta['ftype']),
    parent: parent ?? undefined,
    status: toStatus(entry.status),
    use: toUse(entry),
  });
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function toStatus(status: JsonObject): ServedModel['status'] {
  const value = status['value'];
  if (value === undefined) return undefined;
  if (status['failed'] === true) return 'failed';
  if (value === 'loaded' || value === 'loading') return value;
  return 'unloaded';
}

function toUse({ mode, type }: Entry): ServedModel['use'] {
  const use = mode ?? type;
  if (use === undefined) return undefined;
  if (/^(?:chat|completion|llm|vlm|responses)$/u.test(use)) return 'chat';
  return /^embeddings?$/u.test(use) ? 'embedding' : /^model$/u.test(use) ? undefined : 'other';
}

const versionSchema = v.object({ version: v.pipe(v.string(), v.maxLength(60)) });
const propsSchema = v.object({ build_info: v.pipe(v.string(), v.maxLength(60)) });

/** The version in the response of `/version`, or of llama.cpp's `/props`. */
export function readVersion(value: unknown): string | undefined {
  const version = v.safeParse(versionSchema, value);
  if (version.success) return version.output.version;
  const props = v.safeParse(propsSchema, value);
  if (!props.success) return undefined;
  const { build_info: build } = props.output;
  // A build outside of a repository has no number: `b0-unknown`.
  return build.endsWith('unknown') ? undefined : build;
}

const countSchema = v.union([
  v.pipe(
    v.object({ count: v.number(), max_model_len: count }),
    v.transform((it) => defined({ tokens: it.count, contextLength: it.max_model_len })),
  ),
  v.pipe(
    v.object({ input_tokens: v.number() }),
    v.transform((it): PromptCount => ({ tokens: it.input_tokens })),
  ),
]);

/** The exact length of a prompt, and of the context it has. Tokens. */
export interface PromptCount {
  readonly tokens: number;
  readonly contextLength?: number;
}

/** Reads the response of vLLM's `/tokenize` and of llama.cpp's `/chat/completions/input_tokens`. */
export function readCount(value: unknown): PromptCount | undefined {
  const parsed = v.safeParse(countSchema, value);
  return parsed.success ? parsed.output : undefined;
}
