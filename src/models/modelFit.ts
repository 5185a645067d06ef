import type { ModelCard } from '../conversation/ports';

/** Estimate of the server's buffers, in addition to the weights and the context. */
const overheadBytes = 0.4e9;

/** Ollama's default context length on machines with little graphics memory. */
const serverContext = 4096;

/** Whether a model can run in a machine's memory. `tight`: with little left for everything else. */
export type Fit = 'fits' | 'tight' | 'tooLarge';

export interface Need {
  readonly bytes: number;
  /** False where the model's shape is not known, and the context is left out. */
  readonly countsContext: boolean;
}

/** Memory that a model of `size` bytes takes with a context of that many tokens. */
export function estimateMemory(
  size: number,
  card: ModelCard | undefined,
  contextLength: number,
): Need {
  const perToken = card?.bytesPerToken;
  const longest = card?.trainedContext ?? contextLength;
  const context = (perToken ?? 0) * Math.min(contextLength, longest);
  return {
    bytes: size + overheadBytes + context,
    countsContext: perToken !== undefined,
  };
}

export function getFit({ bytes }: Need, memoryBytes: number): Fit {
  if (bytes > memoryBytes) return 'tooLarge';
  return bytes > memoryBytes * 0.8 ? 'tight' : 'fits';
}

/** The context in force: what is set, else what the model's own file says, else the server's usual one. */
export function contextInForce(set: number | undefined, card: ModelCard | undefined): number {
  return set ?? card?.configuredContext ?? serverContext;
}
