/** A model of the scripted server, in few words; the rest of Ollama's fields is made up from them. */
export interface ServerModel {
  readonly name: string;
  /** Default `['completion']`; `null` leaves the field out, as servers before 0.30 do. */
  readonly capabilities?: readonly string[] | null;
  /** In bytes. */
  readonly size?: number;
  readonly family?: string;
  readonly parameterSize?: string;
  readonly quantization?: string;
  /** The trained context in tokens. Default 8192. */
  readonly contextLength?: number;
  /** What its memory for the context can be worked out from; default: not said. */
  readonly shape?: { readonly layers: number; readonly heads: number; readonly headWidth: number };
  /** `num_ctx` of its Modelfile, where it has one. */
  readonly numCtx?: number;
  /** What `/api/ps` says was allocated. Default 4096. */
  readonly allocatedContext?: number;
  /** Makes it a cloud model. */
  readonly remoteHost?: string;
}

/** The entry of `/api/tags`. */
export function tagsEntry(model: ServerModel, { isOld = false } = {}): Record<string, unknown> {
  const told = model.capabilities === undefined ? ['completion'] : model.capabilities;
  const capabilities = isOld ? null : told;
  return {
    name: model.name,
    model: model.name,
    ...(model.remoteHost === undefined
      ? {}
      : { remote_model: model.name, remote_host: model.remoteHost }),
    modified_at: '2026-11-22T07:37:38.495945716Z',
    size: model.size ?? 98_362_720,
    digest: digestOf(model),
    details: {
      ...details(model),
      ...(isOld ? {} : { context_length: model.contextLength ?? 8192, embedding_length: 576 }),
    },
    ...(capabilities === null ? {} : { capabilities }),
  };
}

/** The entry of `/api/ps`. */
export function psEntry(model: ServerModel): Record<string, unknown> {
  const size = model.size ?? 98_362_720;
  return {
    name: model.name,
    model: model.name,
    size,
    digest: digestOf(model),
    details: details(model),
    expires_at: '2026-11-22T07:46:03.719144892Z',
    size_vram: size,
    context_length: model.allocatedContext ?? 4096,
  };
}

/** The answer of `/api/show`. */
export function showAnswer(model: ServerModel): Record<string, unknown> {
  const family = model.family ?? 'llama';
  const numCtx =
    model.numCtx === undefined ? '' : `num_ctx                        ${model.numCtx}\n`;
  return {
    modelfile: `FROM ${model.name}\n`,
    parameters: `${numCtx}stop                           "<|im_end|>"`,
    template: '{{ .Prompt }}',
    ...(model.remoteHost === undefined
      ? {}
      : { remote_model: model.name, remote_host: model.remoteHost }),
    details: details(model),
    model_info: {
      'general.architecture': family,
      [`${family}.context_length`]: model.contextLength ?? 8192,
      ...shapeOf(model, family),
    },
    ...(model.capabilities === null ? {} : { capabilities: model.capabilities ?? ['completion'] }),
    modified_at: '2026-11-22T07:37:38.495945716Z',
  };
}

function shapeOf({ shape }: ServerModel, family: string): Record<string, number> {
  if (!shape) return {};
  return {
    [`${family}.block_count`]: shape.layers,
    [`${family}.attention.head_count`]: shape.heads,
    [`${family}.attention.head_count_kv`]: shape.heads,
    [`${family}.attention.key_length`]: shape.headWidth,
    [`${family}.attention.value_length`]: shape.headWidth,
  };
}

/** Whether `asked` names `model`: the tag `latest` may be left out. */
export function names(model: ServerModel, asked: string): boolean {
  return withTag(model.name) === withTag(asked);
}

function withTag(name: string): string {
  return /:[^/]*$/u.test(name) ? name : `${name}:latest`;
}

function details(model: ServerModel): Record<string, unknown> {
  const family = model.family ?? 'llama';
  return {
    parent_model: '',
    format: 'gguf',
    family,
    families: [family],
    parameter_size: model.parameterSize ?? '134.52M',
    quantization_level: model.quantization ?? 'Q4_1',
  };
}

function digestOf(model: ServerModel): string {
  return Buffer.from(model.name).toString('hex').padEnd(64, '0').slice(0, 64);
}
