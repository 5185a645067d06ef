import type { Engine } from './engine';
import type { SamplingOptions, Token } from './llama';
import { modelParameters } from './modelCard';
import type { RequestOptions } from './request';
import { StopFilter } from './stopFilter';

/** How an answer ended, with the numbers of Ollama's last line. Durations are in nanoseconds. */
export interface Completion {
  reason: 'stop' | 'length';
  /** The answer's tokens, without the one that ends it. */
  tokens: Token[];
  promptEvalNs: number;
  evalCount: number;
  evalNs: number;
}

/** Ollama ends an answer that was given no limit (-1) at ten times the context. */
const OPEN_ENDED_CONTEXTS = 10;

/** Answers the prompt piece by piece. Aborting the signal ends it with that signal's reason. */
export async function* complete(
  engine: Engine,
  prompt: readonly Token[],
  options: RequestOptions,
  signal: AbortSignal,
): AsyncGenerator<string, Completion> {
  const started = process.hrtime.bigint();
  await engine.read(prompt, signal);
  const tokens: Token[] = [];
  const limit = tokenLimit(options, engine);
  const filter = new StopFilter(options.stop ?? []);
  let firstToken: bigint | undefined;
  let evalCount = 0;
  let reason: Completion['reason'] = 'stop';
  for await (const piece of engine.answer(prompt, sampling(options, tokens))) {
    signal.throwIfAborted();
    firstToken ??= process.hrtime.bigint();
    evalCount += 1;
    if (piece.end) break;
    tokens.push(piece.token);
    const { text, stopped } = filter.push(piece.text);
    if (text !== '') yield text;
    if (stopped) break;
    if (evalCount >= limit) {
      reason = 'length';
      break;
    }
  }
  const held = filter.flush();
  if (held !== '') yield held;
  const ended = process.hrtime.bigint();
  const answering = firstToken ?? ended;
  return {
    reason,
    tokens,
    promptEvalNs: Number(answering - started),
    evalCount,
    evalNs: Number(ended - answering),
  };
}

function tokenLimit(options: RequestOptions, engine: Engine): number {
  const wanted = options.num_predict ?? modelParameters.num_predict;
  return wanted >= 0 ? wanted : OPEN_ENDED_CONTEXTS * (engine.contextLength ?? 0);
}

/** The model's and then Ollama's defaults where the request says nothing. */
function sampling(options: RequestOptions, answered: readonly Token[]): SamplingOptions {
  const penalty = options.repeat_penalty ?? modelParameters.repeat_penalty;
  const lookBack = options.repeat_last_n ?? 64;
  const seed = options.seed ?? -1;
  return {
    temperature: options.temperature ?? 0.8,
    topK: options.top_k ?? 40,
    topP: options.top_p ?? 0.9,
    minP: options.min_p ?? 0,
    ...(seed >= 0 ? { seed } : {}),
    ...(penalty === 1
      ? {}
      : { repeatPenalty: { penalty, punishTokens: () => answered.slice(-lookBack) } }),
  };
}
