import type { ContextUsage } from '../shared/composerState';
import { defined } from '../shared/defined';
import type {
  AssistantTurn,
  Attachment,
  ConversationPart,
  Metrics,
  Turn,
  UserTurn,
} from '../shared/turn';
import type { ContextBudget } from './contextBudget';
import type { Conversation } from './conversation';
import { withSummarizedTurns } from './conversationSummary';
import type { ContextCut } from './contextCut';
import type { ChatSettings, ConversationStore, Logger } from './ports';
import type { PromptPlan } from './promptPlan';
import { PromptPlanner } from './promptPlanner';
import type { PromptTarget } from './turnWeights';

/** A message that the user writes. */
export interface DraftMessage {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** That of the message it replaces. */
  readonly systemPrompt?: string | undefined;
  /** What its answer is a summary of. */
  readonly summarizes?: ConversationPart | undefined;
}

export function createUserTurn(
  id: string,
  parent: string | null,
  createdAt: number,
  { text, attachments: all, ...own }: DraftMessage,
): UserTurn {
  const attachments = all.length === 0 ? undefined : [...all];
  return defined({ role: 'user', id, parent, createdAt, text, attachments, ...own });
}

export interface SessionContextDependencies {
  /** For an answer by that model; absent: by the selected one. */
  readonly settings: (model?: string) => ChatSettings;
  readonly budget: ContextBudget;
  /** Has the conversations that are summarized. */
  readonly store: Pick<ConversationStore, 'open'>;
  readonly logger: Logger;
}

/** How much of a conversation is sent: plans its prompts, and remembers where the model last accepted a cut. */
export class SessionContext {
  readonly #conversation: Conversation;
  readonly #settings: (model?: string) => ChatSettings;
  readonly #budget: ContextBudget;
  readonly #store: Pick<ConversationStore, 'open'>;
  readonly #logger: Logger;
  readonly #planner: PromptPlanner;
  #lastCut: ContextCut | undefined;

  constructor(
    conversation: Conversation,
    { settings, budget, store, logger }: SessionContextDependencies,
  ) {
    this.#conversation = conversation;
    this.#settings = settings;
    this.#budget = budget;
    this.#store = store;
    this.#logger = logger;
    this.#planner = new PromptPlanner(budget);
  }

  /** The model that is asked now; `chosenModel` for one answer only. */
  getTarget(chosenModel?: string): PromptTarget {
    const { systemPrompt, profile, ...set } = this.#settings(chosenModel);
    return { model: chosenModel ?? set.model, systemPrompt, profile };
  }

  /** The prompt for an answer to `parent`. Rejects with a `ModelFailure` if what it is about cannot be read. */
  async planAnswer(target: PromptTarget, parent: string): Promise<PromptPlan> {
    const turns = await this.#findTurns(parent);
    return this.#planner.plan(withOwnPrompt(target, turns), turns, this.#lastCut);
  }

  /** The prompt that has the model continue `answer`. Rejects as `planAnswer` does. */
  async planContinuation(target: PromptTarget, answer: AssistantTurn): Promise<PromptPlan> {
    const turns = await this.#findTurns(answer.parent);
    const own = withOwnPrompt(target, turns);
    return this.#planner.planContinuation(own, turns, answer, this.#lastCut);
  }

  #findTurns(parent: string | null): Promise<readonly Turn[]> {
    return withSummarizedTurns(this.#conversation.contextPath(parent), this.#store);
  }

  /** What sending this message would take of the context. Changes nothing and asks the server nothing. */
  preview(message: DraftMessage): ContextUsage {
    const draft = createUserTurn('', null, 0, message);
    const before = this.#conversation.contextPath();
    const excluded = this.#conversation.path().length - before.length;
    const target = withOwnPrompt(this.getTarget(), before);
    const usage = this.#planner.preview(target, before, draft, this.#lastCut);
    return { ...usage, excluded };
  }

  /** Asks the server which context length it has allocated; that loads nothing. */
  refreshLimit(): Promise<void> {
    return this.#budget.refresh(this.getTarget());
  }

  /** The model has accepted the prompt of `plan`; a refused one decides nothing. */
  accept(plan: PromptPlan | undefined): void {
    this.#lastCut = plan?.cut;
  }

  /** Compares the tokens that the server counted with what it was sent, and learns from them. */
  verify(target: PromptTarget, plan: PromptPlan | undefined, metrics: Metrics): Metrics {
    const { promptEvalCount: promptTokens, evalCount = 0 } = metrics;
    if (promptTokens === undefined || !plan) return metrics;
    const messages = plan.messages();
    const promptWasCut = this.#budget.wasTruncated(target, messages, promptTokens) || undefined;
    const limit = this.#budget.getLimit(target);
    const isLonger = limit.source !== 'assumed' && promptTokens + evalCount > limit.tokens;
    this.#budget.learnFromAnswer(target, messages, metrics).catch((error: unknown) => {
      this.#logger.warn(`Could not read the allocated context length: ${String(error)}`);
    });
    const hasOutgrownContext = isLonger || undefined;
    return { ...metrics, ...defined({ promptWasCut, hasOutgrownContext }) };
  }
}

/** A chat that continues an explanation keeps its system prompt, so that the server reads nothing again. */
function withOwnPrompt(target: PromptTarget, [first]: readonly Turn[]): PromptTarget {
  return first?.role === 'user' && first.systemPrompt !== undefined
    ? { ...target, systemPrompt: first.systemPrompt }
    : target;
}
