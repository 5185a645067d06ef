import os from 'node:os';
import { pathToFileURL } from 'node:url';
import type { InstalledModel } from './installModel';

/** One entry of the model's vocabulary. */
export type Token = number;

export interface Sampling {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  seed?: number;
  repeatPenalty: { penalty: number; punishTokens: () => readonly Token[] };
}

/** The part of `node-llama-cpp` that is used here. It is fetched on demand, so its types are not available. */
interface LlamaModule {
  readonly getLlama: (options: {
    build: 'never';
    gpu: false;
    maxThreads: number;
    progressLogs: boolean;
  }) => Promise<Llama>;
}

interface Llama {
  loadModel(options: { modelPath: string; loadSignal: AbortSignal }): Promise<Model>;
}

interface Model {
  tokenize(text: string, specialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[], specialTokens: boolean, last?: readonly Token[]): string;
  isEogToken(token: Token): boolean;
  createContext(options: { contextSize: number; threads: number }): Promise<Context>;
  dispose(): Promise<void>;
}

interface Context {
  readonly contextSize: number;
  getSequence(): Sequence;
  dispose(): Promise<void>;
}

/** The tokens that are in the model's memory. */
interface Sequence {
  readonly nextTokenIndex: number;
  adaptStateToTokens(tokens: Token[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void>;
  evaluate(
    tokens: Token[],
    options: Sampling & { yieldEogToken: true },
  ): AsyncGenerator<Token, void>;
}

/**
 * llama.cpp would count the processors of the whole machine, and its threads wait for each other by
 * spinning: with more of them than free processors they are slow. Leaves one for VS Code.
 */
const threads = Math.max(1, os.availableParallelism() - 1);

/** Tokens read between two checks for a client that is gone. */
const READ_AT_ONCE = 256;

/** A character takes at most this many tokens of one byte each. */
const LONGEST_CHARACTER = 4;

export interface Piece {
  readonly token: Token;
  /** Empty while a character is incomplete. */
  readonly text: string;
}

/** One model in memory, for one request at a time. A prompt's beginning that it has already read is free. */
export class Engine {
  readonly #files: InstalledModel;
  #llama: Llama | undefined;
  #loaded: { model: Model; context: Context; sequence: Sequence } | undefined;

  constructor(files: InstalledModel) {
    this.#files = files;
  }

  /** The allocated context in tokens; 0 when no model is loaded. */
  get contextLength(): number {
    return this.#loaded?.context.contextSize ?? 0;
  }

  /** Loads the model with a context of that many tokens, unless it already is. */
  async load(contextLength: number, signal: AbortSignal): Promise<void> {
    if (this.contextLength === contextLength) return;
    await this.unload();
    this.#llama ??= await this.#start();
    const model = await this.#llama.loadModel({ modelPath: this.#files.gguf, loadSignal: signal });
    const context = await model.createContext({ contextSize: contextLength, threads });
    this.#loaded = { model, context, sequence: context.getSequence() };
  }

  async #start(): Promise<Llama> {
    const { getLlama } = (await import(pathToFileURL(this.#files.llamaEntry).href)) as LlamaModule;
    return getLlama({ build: 'never', gpu: false, maxThreads: threads, progressLogs: false });
  }

  async unload(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    await loaded?.context.dispose();
    await loaded?.model.dispose();
  }

  tokenize(text: string): Token[] {
    return this.#require().model.tokenize(text, true);
  }

  /** Reads the prompt, all but its last token. */
  async read(prompt: readonly Token[], signal: AbortSignal): Promise<void> {
    const { sequence } = this.#require();
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
    while (sequence.nextTokenIndex < prompt.length - 1) {
      signal.throwIfAborted();
      const from = sequence.nextTokenIndex;
      const until = Math.min(from + READ_AT_ONCE, prompt.length - 1);
      await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(from, until));
    }
  }

  /** The answer to a prompt that was read, until the model ends it or the caller leaves the loop. */
  async *answer(prompt: readonly Token[], sampling: Sampling): AsyncGenerator<Piece, void> {
    const { sequence, model } = this.#require();
    let before: Token[] = [];
    let pending: Token[] = [];
    const rest = prompt.slice(sequence.nextTokenIndex);
    for await (const token of sequence.evaluate(rest, { ...sampling, yieldEogToken: true })) {
      if (model.isEogToken(token)) return;
      pending.push(token);
      const text = model.detokenize(pending, false, before);
      const isPart = text.endsWith('\uFFFD') && pending.length < LONGEST_CHARACTER;
      yield { token, text: isPart ? '' : text };
      if (!isPart) [before, pending] = [pending, []];
    }
  }

  #require(): { model: Model; sequence: Sequence } {
    if (this.#loaded === undefined) throw new Error('The model is not loaded.');
    return this.#loaded;
  }
}
