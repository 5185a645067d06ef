import type { Exchange, Script } from './exchange';
import { answer, answerLine, fail, ndjson, tokensOf } from './scripts';
import { vllmRoute } from './vllmRoutes';

/** A model of the scripted server; the rest of Ollama's fields is derived from these. */
export interface ServerModel {
  readonly name: string;
  /** Default `['completion']`; `null` leaves the field out, as servers before 0.30 do. */
  readonly capabilities?: readonly string[] | null;
  /** In bytes. */
  readonly size?: number;
  readonly parameterSize?: string;
  readonly quantization?: string;
  /** The trained context in tokens. Default 8192. */
  readonly contextLength?: number;
  /** What the memory of its context is computed from. Default: not reported. */
  readonly shape?: { readonly layers: number; readonly heads: number; readonly headWidth: number };
  /** `num_ctx` of its Modelfile, where it has one. */
  readonly numCtx?: number;
  /** Makes it a cloud model. */
  readonly remoteHost?: string;
}

/**
 * `0.9`: an old Ollama, which leaves out fields that later ones send (api/types.go, v0.9.6).
 * `imitator`: another program that lists models and chats, and has no other route of Ollama.
 * `vllm`: a server that speaks OpenAI's API, with vLLM's routes and no other.
 */
export type ServerKind = 'current' | '0.9' | 'imitator' | 'vllm';

const greeting = answer(tokensOf('Hello! How can I help you today?'));

/** A healthy Ollama: its models, which of them are loaded, and an answer for each route. */
export class HealthyOllama {
  models: readonly ServerModel[] = [{ name: 'smollm2:135m' }];
  loaded: readonly string[] = [];
  /** Every load of a model, with its context length: also when only that changed. */
  readonly loads: { readonly model: string; readonly contextLength: number }[] = [];
  version = '0.33.0';
  /** When the loaded models are unloaded. */
  expiresAt = '2026-11-22T07:46:03.719144892Z';
  kind: ServerKind = 'current';
  chat: Script = greeting;
  generate: Script = greeting;

  /** The context that each loaded model has. */
  readonly #contexts = new Map<string, number>();

  /** The script for a request that no other script was given for. */
  route(exchange: Exchange): Script {
    const path = exchange.path.split('?')[0] ?? '';
    if (this.kind === 'vllm') return vllmRoute(path, this);
    const routes: Readonly<Record<string, Script>> = {
      '/': (it) =>
        it.respond(200, { 'Content-Type': 'text/plain; charset=utf-8' }, 'Ollama is running'),
      '/api/version': (it) => it.respondJson({ version: this.version }),
      '/api/tags': (it) => it.respondJson({ models: this.models.map((one) => this.#listed(one)) }),
      '/api/ps': (it) => it.respondJson({ models: this.#inMemory() }),
      '/api/show': (it) => this.#withModel(it, (model) => it.respondJson(showAnswer(model))),
      '/api/chat': (it) => this.#generation(it, 'messages', this.chat),
      '/api/generate': (it) => this.#generation(it, 'prompt', this.generate),
      '/api/pull': (it) => this.#pull(it),
      '/api/delete': (it) => this.#remove(it),
    };
    const notFound: Script = (it) =>
      it.respond(404, { 'Content-Type': 'text/plain' }, '404 page not found');
    const isKnown = this.kind !== 'imitator' || path === '/api/tags' || path === '/api/chat';
    return (isKnown ? routes[path] : undefined) ?? notFound;
  }

  #listed(model: ServerModel): object {
    if (this.kind === 'imitator') return { name: model.name, model: model.name };
    return tagsEntry(model, this.kind === '0.9');
  }

  #inMemory(): readonly object[] {
    const contextOf = (model: ServerModel) =>
      this.kind === '0.9' ? undefined : this.#contextOf(model);
    return this.models
      .filter((model) => this.loaded.some((name) => names(model, name)))
      .map((model) => ({ ...psEntry(model, contextOf(model)), expires_at: this.expiresAt }));
  }

  #contextOf(model: ServerModel): number {
    return this.#contexts.get(model.name) ?? 4096;
  }

  /** As in Ollama, another context length than the loaded one reloads the model. */
  #load(model: ServerModel, contextLength: number): void {
    const isLoaded = this.loaded.some((name) => names(model, name));
    if (isLoaded && this.#contextOf(model) === contextLength) return;
    this.#contexts.set(model.name, contextLength);
    this.loads.push({ model: model.name, contextLength });
  }

  async #withModel(
    exchange: Exchange,
    use: (model: ServerModel) => Promise<void> | void,
  ): Promise<void> {
    const model = this.models.find((candidate) => names(candidate, exchange.model));
    await (model ? use(model) : fail(404, `model '${exchange.model}' not found`)(exchange));
  }

  #generation(exchange: Exchange, input: 'messages' | 'prompt', script: Script): Promise<void> {
    return this.#withModel(exchange, (model) => {
      const refusal = this.kind === '0.9' ? refusedThen(exchange) : refused(model, exchange);
      if (refusal !== undefined) return fail(400, refusal)(exchange);
      const isEmpty = [undefined, '""', '[]'].includes(JSON.stringify(exchange.json?.[input]));
      const isUnload = isEmpty && exchange.json?.['keep_alive'] === 0;
      const options = exchange.json?.['options'] as { num_ctx?: number } | undefined;
      const contextLength = isUnload ? 0 : (options?.num_ctx ?? model.numCtx ?? 4096);
      return this.run(exchange, contextLength, async () => {
        if (!isUnload) this.#load(model, contextLength);
        const others = this.loaded.filter((name) => !names(model, name));
        this.loaded = isUnload ? others : [...others, model.name];
        if (!isEmpty) return script(exchange);
        const end = { done: true, done_reason: isUnload ? 'unload' : 'load' };
        exchange.respondJson(answerLine(exchange, '', end));
      });
    });
  }

  /**
   * Answers a request for a model that is installed and able to do it.
   * @param _contextLength that the model is to have, in tokens; 0 unloads it
   */
  protected async run(
    _exchange: Exchange,
    _contextLength: number,
    answerIt: () => Promise<void> | void,
  ): Promise<void> {
    await answerIt();
  }

  async #pull(exchange: Exchange): Promise<void> {
    const digest = `sha256:${'6a'.repeat(32)}`;
    const layer = { status: `pulling ${digest.slice(7, 19)}`, digest, total: 1000 };
    await ndjson([
      { status: 'pulling manifest' },
      layer,
      { ...layer, completed: 500 },
      { ...layer, completed: 1000 },
      { status: 'verifying sha256 digest' },
      { status: 'writing manifest' },
      { status: 'success' },
    ])(exchange);
    if (exchange.aborted || this.models.some((model) => names(model, exchange.model))) return;
    this.models = [{ name: exchange.model }, ...this.models];
  }

  #remove(exchange: Exchange): Promise<void> {
    return this.#withModel(exchange, (model) => {
      this.models = this.models.filter((other) => other !== model);
      exchange.respond(200, {}, '');
    });
  }
}

/** Ollama's error for a request that needs a capability the model lacks. */
function refused(model: ServerModel, exchange: Exchange): string | undefined {
  const able = (capability: string) => (model.capabilities ?? ['completion']).includes(capability);
  const { think, tools } = exchange.json ?? {};
  const verb = exchange.path.endsWith('/chat') ? 'chat' : 'generate';
  if (!able('completion')) return `"${exchange.model}" does not support ${verb}`;
  if (Array.isArray(tools) && tools.length > 0 && !able('tools')) {
    return `registry.ollama.ai/library/${exchange.model} does not support tools`;
  }
  if (think !== undefined && think !== false && !able('thinking')) {
    return `"${exchange.model}" does not support thinking`;
  }
  return undefined;
}

/** Thinking levels came with 0.11: before that, Go's decoder refuses the string. */
function refusedThen({ json, path }: Exchange): string | undefined {
  if (typeof json?.['think'] !== 'string') return undefined;
  const request = path.endsWith('/chat') ? 'ChatRequest' : 'GenerateRequest';
  return `json: cannot unmarshal string into Go struct field ${request}.think of type bool`;
}

const MODIFIED_AT = '2026-11-22T07:37:38.495945716Z';
const SIZE = 98_362_720;

/** The entry of `/api/tags`. JSON leaves out what is undefined. */
function tagsEntry(model: ServerModel, isOld: boolean): object {
  const limits = { context_length: model.contextLength ?? 8192, embedding_length: 576 };
  return {
    ...identity(model),
    modified_at: MODIFIED_AT,
    size: model.size ?? SIZE,
    details: { ...details(model), ...(isOld ? {} : limits) },
    capabilities: isOld ? undefined : capabilities(model),
  };
}

/** The entry of `/api/ps`. */
function psEntry(model: ServerModel, contextLength: number | undefined): object {
  return {
    ...identity(model),
    size: model.size ?? SIZE,
    details: details(model),
    size_vram: model.size ?? SIZE,
    context_length: contextLength,
  };
}

/** The answer of `/api/show`. */
function showAnswer(model: ServerModel): object {
  const { numCtx, shape } = model;
  const stop = 'stop                           "<|im_end|>"';
  return {
    ...identity(model),
    modelfile: `FROM ${model.name}\n`,
    parameters: numCtx === undefined ? stop : `num_ctx                        ${numCtx}\n${stop}`,
    template: '{{ .Prompt }}',
    details: details(model),
    model_info: {
      'general.architecture': 'llama',
      'llama.context_length': model.contextLength ?? 8192,
      'llama.block_count': shape?.layers,
      'llama.attention.head_count': shape?.heads,
      'llama.attention.head_count_kv': shape?.heads,
      'llama.attention.key_length': shape?.headWidth,
      'llama.attention.value_length': shape?.headWidth,
    },
    capabilities: capabilities(model),
    modified_at: MODIFIED_AT,
  };
}

function identity({ name, remoteHost }: ServerModel): object {
  return {
    name,
    model: name,
    digest: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
    remote_model: remoteHost === undefined ? undefined : name,
    remote_host: remoteHost,
  };
}

function capabilities({ capabilities: own = ['completion'] }: ServerModel): unknown {
  return own ?? undefined;
}

function details(model: ServerModel): object {
  return {
    parent_model: '',
    format: 'gguf',
    family: 'llama',
    families: ['llama'],
    parameter_size: model.parameterSize ?? '134.52M',
    quantization_level: model.quantization ?? 'Q4_1',
  };
}

/** Whether `asked` names `model`: the tag `latest` may be left out. */
function names(model: ServerModel, asked: string): boolean {
  const withTag = (name: string): string => (/:[^/]*$/u.test(name) ? name : `${name}:latest`);
  return withTag(model.name) === withTag(asked);
}
