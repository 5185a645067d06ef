import { Detokenizer } from './detokenizer';
import type { InstalledModel } from './installModel';
import {
  startLlama,
  threads,
  type Llama,
  type LlamaContext,
  type LlamaModel,
  type LlamaSequence,
  type SamplingOptions,
  type Token,
} from './llama';

/** Tokens read between two looks at whether the client is still there. */
const READ_AT_ONCE = 256;

interface Loaded {
  model: LlamaModel;
  context: LlamaContext;
  sequence: LlamaSequence;
}

export interface Piece {
  token: Token;
  text: string;
  /** True for the model's own end of the answer, which has no text. */
  end: boolean;
}

/** One model in memory, for one request at a time. It keeps what it has read, so a common beginning is free. */
export class Engine {
  readonly #files: InstalledModel;
  #llama: Promise<Llama> | undefined;
  #loaded: Loaded | undefined;

  constructor(files: InstalledModel) {
    this.#files = files;
  }

  /** The context that is really allocated, in tokens, or undefined when nothing is loaded. */
  get contextLength(): number | undefined {
    return this.#loaded?.context.contextSize;
  }

  /** Loads the model with a context of that many tokens, unless it already is. */
  async load(contextLength: number, signal: AbortSignal): Promise<void> {
    if (this.contextLength === contextLength) return;
    await this.unload();
    this.#llama ??= startLlama(this.#files.llamaEntry);
    const llama = await this.#llama;
    signal.throwIfAborted();
    const model = await llama.loadModel({ modelPath: this.#files.gguf, loadSignal: signal });
    const context = await model.createContext({ contextSize: contextLength, threads });
    this.#loaded = { model, context, sequence: context.getSequence() };
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

  /** Reads the prompt, all but its last token, as far as it is not in memory already. */
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

  /** The answer to a prompt that was read. Leaving the loop ends the work. */
  async *answer(prompt: readonly Token[], sampling: SamplingOptions): AsyncGenerator<Piece, void> {
    const { sequence, model } = this.#require();
    const detokenizer = new Detokenizer(model);
    const rest = prompt.slice(sequence.nextTokenIndex);
    for await (const token of sequence.evaluate(rest, { ...sampling, yieldEogToken: true })) {
      const end = model.isEogToken(token);
      yield { token, text: end ? '' : detokenizer.push(token), end };
      if (end) return;
    }
  }

  #require(): Loaded {
    if (this.#loaded === undefined) throw new Error('The model is not loaded.');
    return this.#loaded;
  }
}
