import os from 'node:os';
import { pathToFileURL } from 'node:url';

/** One entry of the model's vocabulary. */
export type Token = number;

export interface SamplingOptions {
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  seed?: number;
  repeatPenalty?: { penalty: number; punishTokens: () => readonly Token[] };
}

/** The state of one conversation in memory: the tokens read so far. */
export interface LlamaSequence {
  readonly nextTokenIndex: number;
  adaptStateToTokens(tokens: Token[], allowShift?: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void>;
  /** Yields the answer's tokens; ends at the model's end-of-generation token, which it yields last if asked. */
  evaluate(
    tokens: Token[],
    options?: SamplingOptions & { yieldEogToken?: boolean },
  ): AsyncGenerator<Token, void>;
}

export interface LlamaContext {
  readonly contextSize: number;
  getSequence(): LlamaSequence;
  dispose(): Promise<void>;
}

export interface LlamaModel {
  tokenize(text: string, specialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[], specialTokens: boolean, last?: readonly Token[]): string;
  isEogToken(token: Token): boolean;
  createContext(options: { contextSize: number; threads: number }): Promise<LlamaContext>;
  dispose(): Promise<void>;
}

export interface Llama {
  loadModel(options: { modelPath: string; loadSignal: AbortSignal }): Promise<LlamaModel>;
}

/** The part of `node-llama-cpp` that is used here. It is fetched on demand, so its types are not at hand. */
interface LlamaModule {
  readonly getLlama: (options: {
    build: 'never';
    gpu: false;
    maxThreads: number;
    progressLogs: boolean;
  }) => Promise<Llama>;
}

/**
 * llama.cpp would count the processors of the whole machine, and its threads wait for each other by
 * spinning: with more of them than free processors they hardly get on. One is left for VS Code.
 */
export const threads = Math.max(1, os.availableParallelism() - 1);

/** Starts llama.cpp. @param entry the main module of the installed `node-llama-cpp` */
export async function startLlama(entry: string): Promise<Llama> {
  const { getLlama } = (await import(pathToFileURL(entry).href)) as LlamaModule;
  return getLlama({ build: 'never', gpu: false, maxThreads: threads, progressLogs: false });
}
