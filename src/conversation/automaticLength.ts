import { defined } from '../shared/defined';
import type { ContextChange, Failure } from '../shared/turn';
import { promptWeight } from './calibration';
import type { ContextBudget } from './contextBudget';
import { getAnswerBudget } from './contextLength';
import type {
  ChatPrompt,
  ExplainPrompt,
  ModelEvent,
  PromptMessage,
  RequestProfile,
  ServedModels,
} from './ports';

/**
 * Models whose context length follows the prompts that are sent without a plan: those of explanations. They use
 * and raise the same length as the chat, so that the server loads a model once.
 *
 * @param onRaised called before a request that reloads the model
 */
export function withAutomaticLength(
  models: ServedModels,
  budget: ContextBudget,
  onRaised: (model: string, raised: ContextChange) => void,
): ServedModels {
  const run = (
    prompt: Sized,
    open: (profile: RequestProfile) => AsyncIterable<ModelEvent>,
  ): AsyncIterable<ModelEvent> => new SizedRequest(prompt, budget, onRaised).run(open);
  return {
    chat: (prompt, signal) =>
      run({ ...prompt, earlierTokens: 0 }, (profile) =>
        models.chat({ ...prompt, profile }, signal),
      ),
    /** Whether the server can changes with its address. */
    get generate() {
      const { generate } = models;
      if (!generate) return undefined;
      return (prompt: ExplainPrompt, signal: AbortSignal) =>
        run(toSized(prompt), (profile) => generate({ ...prompt, profile }, signal));
    },
  };
}

interface Sized extends Pick<ChatPrompt, 'model' | 'messages' | 'profile'> {
  /** Sent as token ids. */
  readonly earlierTokens: number;
}

function toSized({ model, prompt, system, context, profile }: ExplainPrompt): Sized {
  const messages: PromptMessage[] = [{ role: 'user', content: prompt }];
  if (system !== undefined) messages.unshift({ role: 'system', content: system });
  return { model, messages, profile, earlierTokens: context?.length ?? 0 };
}

class SizedRequest {
  readonly #prompt: Sized;
  readonly #budget: ContextBudget;
  readonly #onRaised: (model: string, raised: ContextChange) => void;
  #raised: ContextChange | undefined;

  constructor(
    prompt: Sized,
    budget: ContextBudget,
    onRaised: (model: string, raised: ContextChange) => void,
  ) {
    this.#prompt = prompt;
    this.#budget = budget;
    this.#onRaised = onRaised;
  }

  async *run(
    open: (profile: RequestProfile) => AsyncIterable<ModelEvent>,
  ): AsyncGenerator<ModelEvent> {
    await this.#budget.ensureKnown(this.#prompt);
    this.#raiseForEstimate();
    for (;;) {
      const failure = yield* this.#stream(open(this.#budget.withLength(this.#prompt)));
      if (!failure) return;
    }
  }

  /** Passes the events on. Returns the failure if the request is worth another try, which then is not passed on. */
  async *#stream(
    events: AsyncIterable<ModelEvent>,
  ): AsyncGenerator<ModelEvent, Failure | undefined> {
    let hasText = false;
    for await (const event of events) {
      if (event.type === 'delta') hasText = true;
      const failure =
        event.type === 'end' && event.end.kind === 'failed' ? event.end.failure : undefined;
      if (failure && !hasText && this.#recover(failure)) return failure;
      yield event;
    }
    return undefined;
  }

  #raiseForEstimate(): void {
    const { model, messages, earlierTokens } = this.#prompt;
    const limit = this.#budget.getLimit(this.#prompt).tokens;
    const weight = promptWeight(messages);
    const tokens = this.#budget.estimateTokens(model, weight) + earlierTokens;
    if (tokens + getAnswerBudget(limit) <= limit) return;
    this.#raise(this.#budget.estimateAtMost(model, weight) + earlierTokens);
  }

  #recover({ kind, promptTokens, contextLength }: Failure): boolean {
    const { model, messages, earlierTokens } = this.#prompt;
    if (kind === 'contextOverflow') {
      if (this.#raised) return false;
      const own = promptTokens === undefined ? undefined : promptTokens - earlierTokens;
      const counts = defined({ promptTokens: own, contextLength });
      this.#budget.learnFromRefusal(this.#prompt, messages, counts);
      return promptTokens !== undefined && contextLength !== undefined && this.#raise(promptTokens);
    }
    const isMemory = kind === 'outOfMemory' || kind === 'modelCrashed';
    if (!isMemory || !this.#raised) return false;
    this.#budget.stepBack(model, this.#raised);
    this.#raised = undefined;
    return true;
  }

  #raise(needed: number): boolean {
    const { raise } = this.#budget.findGrowth(this.#prompt, needed);
    if (!raise) return false;
    const { model } = this.#prompt;
    this.#raised = raise;
    this.#budget.useLength(model, raise.to);
    this.#onRaised(model, raise);
    return true;
  }
}
