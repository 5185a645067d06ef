import os from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Exchange } from '../ollamaServer/exchange';
import { HealthyOllama } from '../ollamaServer/healthyOllama';
import { OllamaServer } from '../ollamaServer/ollamaServer';
import { answerLine, fail } from '../ollamaServer/scripts';
import { modelName, type InstalledModel } from './installModel';

const TRAINED_CONTEXT = 8_192;
const DEFAULT_KEEP_ALIVE_MS = 300_000;

/** A model so small would not end by itself. */
const DEFAULT_NUM_PREDICT = 256;

/** One entry of the model's vocabulary. */
type Token = number;

/** The part of `node-llama-cpp` that is used here. It is fetched on demand, so its types are not available. */
interface LlamaModule {
  readonly getLlama: (options: {
    build: 'never';
    gpu: false;
    maxThreads: number;
    progressLogs: boolean;
  }) => Promise<{
    loadModel(options: { modelPath: string; loadSignal: AbortSignal }): Promise<Model>;
  }>;
  readonly LlamaCompletion: new (options: { contextSequence: object }) => {
    generateCompletionWithMeta(
      prompt: readonly Token[],
      options: Sampling & {
        signal: AbortSignal;
        maxTokens: number;
        onTextChunk: (text: string) => void;
        onToken: (tokens: readonly Token[]) => void;
      },
    ): Promise<{ readonly metadata: { readonly stopReason: string } }>;
  };
}

interface Model {
  tokenize(text: string, specialTokens: boolean): Token[];
  createContext(options: { contextSize: number; threads: number }): Promise<Context>;
  dispose(): Promise<void>;
}

interface Context {
  readonly contextSize: number;
  /** Remembers what it has read: a prompt that begins like the one before is read from there. */
  getSequence(): object;
}

interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed?: number;
  readonly repeatPenalty: { readonly penalty: number; readonly lastTokens: number };
}

/** The `options` of a request. */
type Options = Readonly<Record<string, number | undefined>>;

/**
 * llama.cpp would count the processors of the whole machine, and its threads wait for each other by
 * spinning: with more of them than free processors they are slow. Leaves one for VS Code.
 */
const threads = Math.max(1, os.availableParallelism() - 1);

/** Serves the model in Ollama's form on this machine; resolves with the address. */
export async function serveModel({ llamaEntry, gguf }: InstalledModel, port = 0): Promise<string> {
  const llama = (await import(pathToFileURL(llamaEntry).href)) as LlamaModule;
  const server = await OllamaServer.start({ port, healthy: new LocalOllama(llama, gguf) });
  return server.url;
}

/** The scripted Ollama, with llama.cpp behind its answers: one at a time. */
class LocalOllama extends HealthyOllama {
  readonly #module: LlamaModule;
  readonly #modelPath: string;
  #llama: ReturnType<LlamaModule['getLlama']> | undefined;
  #running: { model: Model; context: Context; sequence: object } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #expiry: NodeJS.Timeout | undefined;
  #received = process.hrtime.bigint();
  #loadDuration = 0;

  constructor(module: LlamaModule, modelPath: string) {
    super();
    this.#module = module;
    this.#modelPath = modelPath;
    this.models = [{ name: modelName, contextLength: TRAINED_CONTEXT }];
    this.chat = this.generate = (exchange) => this.#answer(exchange);
  }

  protected override run(
    exchange: Exchange,
    contextLength: number,
    answerIt: () => Promise<void> | void,
  ): Promise<void> {
    const turn = this.#queue.then(async () => {
      if (exchange.aborted) return;
      clearTimeout(this.#expiry);
      this.#received = process.hrtime.bigint();
      await this.#load(Math.min(contextLength, TRAINED_CONTEXT));
      this.#loadDuration = this.#since(this.#received);
      await super.run(exchange, contextLength, answerIt);
      if (contextLength > 0) await this.#startExpiry(exchange.json?.['keep_alive']);
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Loads the model with a context of that many tokens, unless it is; unloads it for 0. */
  async #load(contextLength: number): Promise<void> {
    if ((this.#running?.context.contextSize ?? 0) === contextLength) return;
    await this.#running?.model.dispose();
    this.#running = undefined;
    if (contextLength === 0) return;
    const options = {
      build: 'never',
      gpu: false,
      maxThreads: threads,
      progressLogs: false,
    } as const;
    this.#llama ??= this.#module.getLlama(options);
    const llama = await this.#llama;
    const { signal: loadSignal } = new AbortController();
    const model = await llama.loadModel({ modelPath: this.#modelPath, loadSignal });
    const context = await model.createContext({ contextSize: contextLength, threads });
    this.#running = { model, context, sequence: context.getSequence() };
  }

  async #answer(exchange: Exchange): Promise<void> {
    if (!this.#running) throw new Error('The model is not loaded.');
    const { model, context, sequence } = this.#running;
    const { raw, context: before = [], options = {} } = exchange.json ?? {};
    const prompt = [...(before as Token[]), ...model.tokenize(promptText(exchange), true)];
    if (prompt.length >= context.contextSize) {
      return fail(400, overflow(prompt.length, context.contextSize))(exchange);
    }
    const gone = new AbortController();
    void exchange.clientClosed.then(() => gone.abort());
    const tokens: Token[] = [];
    const started = process.hrtime.bigint();
    let readDuration = 0;
    let written = Promise.resolve();
    exchange.head(200, { 'content-type': 'application/x-ndjson' });
    const write = (text: string, fields: object): void => {
      const line = `${JSON.stringify(answerLine(exchange, text, fields))}\n`;
      written = written.then(() => exchange.write(line));
    };
    const completion = new this.#module.LlamaCompletion({ contextSequence: sequence });
    const { metadata } = await completion.generateCompletionWithMeta(prompt, {
      ...sampling(options as Options),
      signal: gone.signal,
      maxTokens: maxTokens(options as Options, context),
      onTextChunk: (text) => write(text, { done: false }),
      onToken: (more) => {
        if (tokens.length === 0) readDuration = this.#since(started);
        tokens.push(...more);
      },
    });
    const isGenerate = exchange.path.endsWith('/generate');
    write('', {
      done: true,
      done_reason: metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
      context: isGenerate && raw !== true ? [...prompt, ...tokens] : undefined,
      load_duration: this.#loadDuration,
      prompt_eval_count: prompt.length,
      prompt_eval_duration: readDuration,
      eval_count: tokens.length,
      eval_duration: this.#since(started) - readDuration,
      total_duration: this.#since(this.#received),
    });
    await written;
    exchange.end();
  }

  async #startExpiry(keepAlive: unknown): Promise<void> {
    const ms = keepAliveMs(keepAlive);
    this.expiresAt = new Date(Date.now() + ms).toISOString();
    const unload = async (): Promise<void> => {
      this.loaded = [];
      await this.#load(0);
    };
    if (ms === 0) await unload();
    else this.#expiry = setTimeout(() => void unload(), ms);
  }

  /** Nanoseconds. */
  #since(start: bigint): number {
    return Number(process.hrtime.bigint() - start);
  }
}

/** The ChatML prompt as Ollama's template of this model renders it. There is no default system message. */
function promptText({ json = {} }: Exchange): string {
  const { messages, system, raw, prompt = '' } = json;
  if (raw === true) return prompt as string;
  const asked = [{ role: 'user', content: prompt as string }];
  if (typeof system === 'string' && system !== '')
    asked.unshift({ role: 'system', content: system });
  const turns = ((messages ?? asked) as { role: string; content: string }[]).map(
    ({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`,
  );
  return `${turns.join('')}<|im_start|>assistant\n`;
}

/** The model's and then Ollama's defaults where the request has none. */
function sampling(options: Options): Sampling {
  const { seed = -1 } = options;
  return {
    temperature: options['temperature'] ?? 0.8,
    topK: options['top_k'] ?? 40,
    topP: options['top_p'] ?? 0.9,
    minP: options['min_p'] ?? 0,
    repeatPenalty: {
      penalty: options['repeat_penalty'] ?? 1.1,
      lastTokens: options['repeat_last_n'] ?? 64,
    },
    ...(seed < 0 ? {} : { seed }),
  };
}

/** Ollama ends an answer without a limit (-1) at ten times the context. */
function maxTokens({ num_predict = DEFAULT_NUM_PREDICT }: Options, context: Context): number {
  return num_predict >= 0 ? num_predict : 10 * context.contextSize;
}

/** From seconds or a Go duration of one unit, such as `10m`. A negative value means forever. */
function keepAliveMs(value: unknown): number {
  if (typeof value !== 'number' && typeof value !== 'string') return DEFAULT_KEEP_ALIVE_MS;
  const [, amount = '', unit = 's'] = /^(-?[\d.]+)(ms|s|m|h)?$/u.exec(String(value)) ?? [];
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const ms = Number(amount) * (units[unit] ?? 1);
  // The longest time that a timer takes.
  const forever = 2 ** 31 - 1;
  return ms < 0 ? forever : Math.min(ms, forever);
}

/** The refusal of `truncate: false`: llama.cpp's own JSON, which Ollama passes on inside its string. */
function overflow(promptTokens: number, contextLength: number): string {
  const error = {
    code: 400,
    message: `request (${promptTokens} tokens) exceeds the available context size (${contextLength} tokens), try increasing it`,
    type: 'exceed_context_size_error',
    n_prompt_tokens: promptTokens,
    n_ctx: contextLength,
  };
  return JSON.stringify({ error });
}
