import type { ModelContext } from './contextLength';
import type { ModelCard } from './ports';

/** The server's buffers, in addition to the weights and the context: they grow with the model, up to a limit. */
const overhead = { share: 0.2, maxBytes: 0.4e9 };

function estimateOverhead(size: number): number {
  return Math.min(overhead.maxBytes, overhead.share * size);
}

/** Ollama's default context length on machines with little graphics memory. */
const serverContext = 4096;

/** More than this part of a machine's memory leaves too little for everything else. */
const comfortableShare = 0.8;

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
    bytes: size + estimateOverhead(size) + context,
    countsContext: perToken !== undefined,
  };
}

export function getFit({ bytes }: Need, memoryBytes: number): Fit {
  if (bytes > memoryBytes) return 'tooLarge';
  return bytes > memoryBytes * comfortableShare ? 'tight' : 'fits';
}

/** The context in force: what is set, else what the model's own file says, else the server's usual one. */
export function contextInForce(set: number | undefined, card: ModelCard | undefined): number {
  return set ?? card?.configuredContext ?? serverContext;
}

/** The longest context that fits comfortably into a machine's memory; undefined where that is not known. */
export function findAffordableLength(
  { sizeBytes, bytesPerToken }: ModelContext,
  memoryBytes: number | undefined,
): number | undefined {
  if (memoryBytes === undefined || sizeBytes === undefined || !bytesPerToken) return undefined;
  const free = memoryBytes * comfortableShare - sizeBytes - estimateOverhead(sizeBytes);
  return Math.max(0, Math.floor(free / bytesPerToken));
}

/** Bytes of memory of so many tokens of context, if the model's shape is known. */
export function findContextBytes(
  { bytesPerToken }: ModelContext,
  tokens: number,
): number | undefined {
  return bytesPerToken === undefined ? undefined : bytesPerToken * tokens;
}
