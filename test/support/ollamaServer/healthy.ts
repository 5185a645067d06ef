import { answer, tokensOf } from './answer';
import type { Exchange, Script } from './exchange';
import { names, psEntry, showAnswer, tagsEntry, type ServerModel } from './models';
import { fail, ndjson } from './scripts';

const greeting = answer(tokensOf('Hello! How can I help you today?'));

/**
 * `0.9`: an Ollama of that age, which leaves out what later ones tell (api/types.go, v0.9.6).
 * `imitator`: another program that lists models and chats, and knows nothing else of Ollama.
 */
export type ServerKind = 'current' | '0.9' | 'imitator';

/** How a healthy Ollama behaves: its models, which of them are loaded, and an answer for each route. */
export class HealthyOllama {
  models: readonly ServerModel[] = [{ name: 'smollm2:135m' }];
  loaded: readonly string[] = [];
  /** Every time that a model was loaded, with the context that was asked for: also when only that changed. */
  readonly loads: { readonly model: string; readonly contextLength: number }[] = [];
  version = '0.33.0';
  kind: ServerKind = 'current';
  chat: Script = greeting;
  generate: Script = greeting;

  /** The context that each loaded model has. */
  readonly #contexts = new Map<string, number>();

  /** The script for a request that no other script was given for. */
  route(exchange: Exchange): Script {
    const path = exchange.path.split('?')[0] ?? '';
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

  #listed(model: ServerModel): Record<string, unknown> {
    if (this.kind === 'imitator') return { name: model.name, model: model.name };
    return tagsEntry(model, { isOld: this.kind === '0.9' });
  }

  #inMemory(): readonly Record<string, unknown>[] {
    return this.models
      .filter((model) => this.loaded.some((name) => names(model, name)))
      .map((model) => ({
        ...psEntry(model),
        context_length: this.kind === '0.9' ? undefined : this.#contextOf(model),
      }));
  }

  #contextOf(model: ServerModel): number {
    return this.#contexts.get(model.name) ?? model.allocatedContext ?? 4096;
  }

  /** As Ollama: another context than the loaded one loads the model anew. */
  #load(model: ServerModel, exchange: Exchange): void {
    const options = exchange.json?.['options'] as { num_ctx?: number } | undefined;
    const wanted = options?.num_ctx ?? model.numCtx ?? model.allocatedContext ?? 4096;
    const isLoaded = this.loaded.some((name) => names(model, name));
    if (isLoaded && this.#contextOf(model) === wanted) return;
    this.#contexts.set(model.name, wanted);
    this.loads.push({ model: model.name, contextLength: wanted });
  }

  async #withModel(
    exchange: Exchange,
    use: (model: ServerModel) => Promise<void> | void,
  ): Promise<void> {
    const model = this.models.find((candidate) => names(candidate, exchange.model));
    await (model ? use(model) : fail(404, `model '${exchange.model}' not found`)(exchange));
  }

  #generation(exchange: Exchange, input: 'messages' | 'prompt', script: Script): Promise<void> {
    return this.#withModel(exchange, async (model) => {
      const refusal = this.#refused(model, exchange);
      if (refusal !== undefined) {
        await fail(400, refusal)(exchange);
        return;
      }
      const sent = exchange.json?.[input];
      const isEmpty =
        sent === undefined || sent === '' || (Array.isArray(sent) && sent.length === 0);
      const unload = isEmpty && exchange.json?.['keep_alive'] === 0;
      if (!unload) this.#load(model, exchange);
      this.loaded = [
        ...this.loaded.filter((name) => !names(model, name)),
        ...(unload ? [] : [model.name]),
      ];
      if (isEmpty) exchange.respondJson(loadAnswer(exchange, unload ? 'unload' : 'load'));
      else await script(exchange);
    });
  }

  #refused(model: ServerModel, exchange: Exchange): string | undefined {
    return this.kind === '0.9' ? refusedThen(exchange) : refused(model, exchange);
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

/** The sentence with which Ollama refuses a request that the model is not made for. */
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

/** Levels of thinking came with 0.11: before, Go's decoder refuses the word. */
function refusedThen({ json, path }: Exchange): string | undefined {
  if (typeof json?.['think'] !== 'string') return undefined;
  const request = path.endsWith('/chat') ? 'ChatRequest' : 'GenerateRequest';
  return `json: cannot unmarshal string into Go struct field ${request}.think of type bool`;
}

function loadAnswer(exchange: Exchange, reason: 'load' | 'unload'): Record<string, unknown> {
  const isChat = exchange.path.endsWith('/chat');
  return {
    model: exchange.model,
    created_at: new Date().toISOString(),
    ...(isChat ? { message: { role: 'assistant', content: '' } } : { response: '' }),
    done: true,
    done_reason: reason,
  };
}
