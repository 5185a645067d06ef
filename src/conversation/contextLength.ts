/** Which context length is asked for automatically: pure rules, in tokens. */

/** Each step is twice the one before it, so that a growing conversation reloads its model rarely. */
const firstStep = 8192;
/** Where the memory of the server's machine is not known, longer contexts are only offered. */
export const unknownMemoryStep = 16_384;
/** Assumed as the maximum of a model that does not say it. */
const usualMaximum = 32_768;

/** Kept free for the answer: a quarter of a small context, and never more than this. */
const maxAnswerBudget = 1024;
/** A step is chosen with more room, so that a long answer does not outgrow it at once. */
const maxStepAnswerBudget = 2048;

/** Tokens of a context of `length` tokens that are kept free for the answer. */
export function getAnswerBudget(length: number): number {
  return Math.min(maxAnswerBudget, Math.floor(length / 4));
}

/** What a server says of a model's context, in tokens; absent: it does not say. */
export interface ModelContext {
  readonly isLoaded?: boolean;
  /** Of the loaded model, or of a server that always has the same. */
  readonly allocated?: number;
  /** `num_ctx` of the model's Modelfile. */
  readonly configured?: number;
  /** What the model was trained for, or a cloud model's own length. */
  readonly maximum?: number;
  /** No request can change it. */
  readonly isFixed?: boolean;
  /** Of the model's weights. */
  readonly sizeBytes?: number;
  /** Memory that each token of context takes. */
  readonly bytesPerToken?: number;
}

/** What limits the context length of a model. */
export interface LengthLimits {
  /** What the model has now, or will have if nothing is asked for. */
  readonly current: number;
  /** The longest context the model was trained for. */
  readonly maximum: number | undefined;
  /** The longest context that fits into memory; undefined: not known. */
  readonly affordable: number | undefined;
  /** The server ran out of memory at this length. */
  readonly refused: number | undefined;
}

/** Longer contexts for a prompt that does not fit. */
export interface LongerContext {
  /** May be used without asking, as far as memory is concerned; undefined: none. */
  readonly automatic: number | undefined;
  /** The shortest that holds the whole prompt, else the longest. */
  readonly wanted: number;
}

/** The lengths that are longer than the current one, shortest first; the maximum is the last one. */
export function listLongerSteps({
  current,
  maximum = usualMaximum,
  affordable,
  refused,
}: LengthLimits): number[] {
  const bound = Math.min(maximum, affordable ?? Infinity);
  const steps: number[] = [];
  for (let step = firstStep; step < maximum; step *= 2) steps.push(step);
  steps.push(maximum);
  return steps.filter(
    (step) => step > current && step <= bound && (refused === undefined || step < refused),
  );
}

/** The longer contexts that help a prompt of `needed` tokens; undefined if none is possible. */
export function findLongerContext(needed: number, limits: LengthLimits): LongerContext | undefined {
  const steps = listLongerSteps(limits);
  const wanted = steps.find((step) => needed + getStepAnswerBudget(step) <= step) ?? steps.at(-1);
  if (wanted === undefined) return undefined;
  const isSafe = (step: number): boolean =>
    step <= wanted && (limits.affordable !== undefined || step <= unknownMemoryStep);
  return { wanted, automatic: steps.findLast(isSafe) };
}

function getStepAnswerBudget(step: number): number {
  return Math.min(maxStepAnswerBudget, Math.floor(step / 4));
}
