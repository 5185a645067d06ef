import type { Attachment } from '../shared/attachment';
import type { Clock } from '../shared/clock';
import type { ConversationEvent } from '../shared/conversationEvents';
import { Emitter } from '../shared/emitter';
import type { ContextUsage } from '../shared/composerState';
import type { Activity, AssistantTurn, Failure, Metrics, UserTurn } from '../shared/turn';
import { AnswerRun, type AnswerListener } from './answerRun';
import type { ModelTarget as AskedModel, ContextBudget } from './contextBudget';
import type { Conversation } from './conversation';
import type {
  ChatModel,
  ConversationStore,
  Logger,
  ModelEvent,
  NewId,
  RequestProfile,
} from './ports';
import { summarize, summaryTurn, type Summary } from './prompt';
import { PromptPlanner, type PromptTarget, type PromptPlan } from './promptPlanner';

/** What the person has set, read anew for each turn; a running turn keeps what it began with. */
export interface ChatSettings {
  /** Empty while none is chosen. */
  readonly model: string;
  readonly systemPrompt: string;
  readonly profile: RequestProfile;
}

export interface SessionDependencies {
  readonly chatModel: ChatModel;
  readonly store: ConversationStore;
  /** For an answer of that model; absent: of the one that is set. */
  readonly settings: (model?: string) => ChatSettings;
  readonly budget: ContextBudget;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
}

export type SessionEvent =
  | { readonly type: 'event'; readonly event: ConversationEvent }
  | { readonly type: 'activity'; readonly turnId: string; readonly activity: Activity };

/** Whether a message was taken, or why not: the text then stays with the person. */
export type SendResult = 'sent' | 'empty' | 'busy';

/** What a person says, with what goes with it. */
export interface DraftMessage {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** One answer that is asked for. */
interface AnswerRequest {
  readonly turnId: string;
  readonly model: string;
  readonly plan: PromptPlan;
  /** Settled when the question is on disk. */
  readonly saved: Promise<void>;
  readonly continues?: Pick<AssistantTurn, 'text' | 'thinking'>;
}

/**
 * One conversation that can be talked to: it takes messages, runs at most one answer at a time, and
 * tells whoever listens. It outlives every view of it.
 */
export class ConversationSession {
  readonly conversation: Conversation;
  readonly #deps: SessionDependencies;
  readonly #emitter = new Emitter<SessionEvent>();
  readonly #planner: PromptPlanner;
  readonly #loadMs = new Map<string, number>();
  /** Answers that another window is writing; nothing is asked after them meanwhile. */
  readonly #writtenInOtherWindow: ReadonlySet<string>;
  #run: AnswerRun | undefined;

  constructor(
    conversation: Conversation,
    deps: SessionDependencies,
    writtenElsewhere: readonly string[] = [],
  ) {
    this.conversation = conversation;
    this.#deps = deps;
    this.#planner = new PromptPlanner(deps.budget);
    this.#writtenInOtherWindow = new Set(writtenElsewhere);
  }

  /** The returned function stops listening. */
  on(listener: (event: SessionEvent) => void): () => void {
    return this.#emitter.on(listener);
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  isWrittenInOtherWindow(turnId: string): boolean {
    return this.#writtenInOtherWindow.has(turnId);
  }

  /** What the running answer is doing, when `turnId` is the one that runs. */
  getActivity(turnId: string): Activity | undefined {
    return this.#run?.turnId === turnId ? this.#run.activity : undefined;
  }

  /** Says `text` and starts the answer. The message is stored before the request goes out. */
  send(text: string, attachments: readonly Attachment[] = []): SendResult {
    return this.#sendMessage({ text, attachments }, this.conversation.leaf);
  }

  /** Says `text` in place of an earlier message, as a branch beside it; what is attached stays. */
  editAndResend(turnId: string, text: string): SendResult {
    const turn = this.conversation.turn(turnId);
    if (turn?.role !== 'user') return 'empty';
    return this.#sendMessage({ text, attachments: turn.attachments ?? [] }, turn.parent);
  }

  /** Answers the same message again, as a branch beside the earlier answer. */
  regenerate(turnId: string, model?: string): void {
    const turn = this.conversation.turn(turnId);
    if (this.#run || turn?.role !== 'assistant' || turn.parent === null) return;
    this.#startAnswer(turn.parent, Promise.resolve(), model);
  }

  /** Goes on with an answer that was cut off, in the same turn. */
  continueTurn(turnId: string): void {
    const answer = this.conversation.turn(turnId);
    if (this.#run || answer?.role !== 'assistant' || !answer.end) return;
    const { text, thinking, parent } = answer;
    const asked = this.conversation.contextPath(parent);
    const plan = this.#planner.planContinuation(this.#getTarget(answer.model), asked, {
      ...answer,
    });
    const saved = this.#record({ kind: 'turnContinued', turnId, at: text.length });
    this.#start({ turnId, model: answer.model, plan, saved, continues: { text, thinking } });
  }

  /** Shows the branch beside this turn, `step` further on. */
  selectBranch(turnId: string, step: 1 | -1): void {
    const branch = this.conversation.branch(turnId);
    const target = branch?.siblings[branch.index + step];
    if (this.#run || target === undefined) return;
    void this.#record({ kind: 'branchSelected', turnId: target });
  }

  /** What saying this now would send. Nothing is asked for by looking. */
  preview({ text, attachments }: DraftMessage): ContextUsage {
    const { conversation } = this;
    const draft: UserTurn = {
      ...{ role: 'user', id: '', parent: null, createdAt: 0, text },
      ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    };
    const sent = conversation.contextPath();
    const excluded = conversation.path().length - sent.length;
    return { ...this.#planner.preview(this.#getTarget(), sent, draft), excluded };
  }

  /** The model that answers what is said now. */
  get model(): string {
    return this.#getTarget().model;
  }

  /** Asks the server what context it has allocated, which loads nothing. */
  refreshContextLimit(): Promise<void> {
    return this.#deps.budget.refresh(this.#getTarget());
  }

  /** Has the model sum up what was said. It becomes no part of the conversation. */
  summarize(signal: AbortSignal): Promise<Summary> {
    const planned = this.#getTarget();
    const asked = [...this.conversation.contextPath(), summaryTurn(this.#deps.clock.wallMs())];
    const plan = this.#planner.plan(planned, asked);
    return summarize(this.#deps.chatModel, planned, plan, signal);
  }

  /** From now on nothing before this turn is sent; it stays to be read. Null: all is sent again. */
  setContextStart(turnId: string | null): void {
    const isUnknown = turnId !== null && this.conversation.turn(turnId)?.role !== 'user';
    if (this.#run || isUnknown) return;
    void this.#record({ kind: 'forgotten', turnId });
  }

  /** Takes a message out, with its answers; or one answer. What came after it stays. */
  deleteTurn(turnId: string): void {
    if (this.#run || !this.conversation.turn(turnId)) return;
    void this.#record({ kind: 'turnDeleted', turnId });
  }

  /** Resolves when the title is stored, or could not be. */
  rename(title: string): Promise<void> {
    return this.#record({ kind: 'renamed', title });
  }

  /** Resolves when it is stored, or could not be. */
  pin(pinned: boolean): Promise<void> {
    return this.#record({ kind: 'pinned', pinned });
  }

  /** Shows the branch that this turn is on. */
  reveal(turnId: string): void {
    const isShown = this.conversation.path().some(({ id }) => id === turnId);
    if (isShown || this.#run || !this.conversation.turn(turnId)) return;
    void this.#record({ kind: 'branchSelected', turnId });
  }

  /** Ends the running answer, keeping its text; nothing is added to it afterwards. */
  stop(): void {
    this.#run?.stop();
    this.#run = undefined;
  }

  /** The window is going away: the connection closes, and the turn is found interrupted. */
  dispose(): void {
    this.#run?.abandon();
    this.#run = undefined;
  }

  #sendMessage({ text, attachments }: DraftMessage, parent: string | null): SendResult {
    if (text.trim() === '') return 'empty';
    if (this.#run || (parent !== null && this.isWrittenInOtherWindow(parent))) return 'busy';
    const { newId, clock } = this.#deps;
    const id = newId();
    const turn: UserTurn = {
      ...{ role: 'user', id, parent, createdAt: clock.wallMs(), text },
      ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    };
    this.#startAnswer(id, this.#record({ kind: 'turnStarted', turn }));
    return 'sent';
  }

  #startAnswer(parent: string, saved: Promise<void>, chosenModel?: string): void {
    const { newId, clock } = this.#deps;
    const planned = this.#getTarget(chosenModel);
    const { model } = planned;
    const turnId = newId();
    const plan = this.#planner.plan(planned, this.conversation.contextPath(parent));
    void this.#record({
      kind: 'turnStarted',
      turn: { role: 'assistant', id: turnId, parent, createdAt: clock.wallMs(), model },
    });
    this.#start({ turnId, model, plan, saved });
  }

  #start(answer: AnswerRequest): void {
    const { turnId, model, plan, continues } = answer;
    const { clock, settings } = this.#deps;
    const { profile } = settings(model);
    const lastLoadMs = this.#loadMs.get(model);
    const run = new AnswerRun({
      turnId,
      clock,
      listener: this.#createListener(answer, profile),
      ...(plan.turnsLeftOut === undefined ? {} : { turnsLeftOut: plan.turnsLeftOut }),
      ...(lastLoadMs === undefined ? {} : { lastLoadMs }),
      ...(continues === undefined ? {} : { continues }),
      open: (signal) => this.#open(answer, profile, signal),
      recover: (failure) => plan.recover(failure),
    });
    this.#run = run;
    run.finished().catch((error: unknown) => {
      this.#fail(run, error);
    });
  }

  /** Waits until the message is stored, then asks the model. */
  async *#open(
    { model, plan, saved, continues }: AnswerRequest,
    profile: RequestProfile,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    await saved;
    if (signal.aborted) return;
    if (model === '') {
      const failure: Failure = { kind: 'noModel', message: 'No model is chosen.' };
      yield { type: 'end', end: { kind: 'failed', failure } };
      return;
    }
    const think = continues === undefined ? {} : { think: false };
    const prompt = { model, messages: plan.messages(), profile, ...think };
    yield* this.#deps.chatModel.chat(prompt, signal);
  }

  /** Who is asked now; `chosenModel` for one answer only. */
  #getTarget(chosenModel?: string): PromptTarget {
    const { systemPrompt, profile, ...set } = this.#deps.settings(chosenModel);
    return { model: chosenModel ?? set.model, systemPrompt, profile };
  }

  #createListener({ turnId, model, plan }: AnswerRequest, profile: RequestProfile): AnswerListener {
    return {
      record: (event) => {
        if (event.kind !== 'turnEnded') {
          void this.#record(event);
          return;
        }
        this.#run = undefined;
        this.#recordLoadTime(model, event.metrics.loadDurationNs);
        const metrics = this.#verifyPrompt({ model, profile }, plan, event.metrics);
        void this.#record({ ...event, metrics });
      },
      activity: (activity) => {
        this.conversation.setState(turnId, activity.state);
        this.#emitter.emit({ type: 'activity', turnId, activity });
      },
    };
  }

  /** Compares what the server has read with what it was sent, and learns from it. */
  #verifyPrompt(asked: AskedModel, plan: PromptPlan, metrics: Metrics): Metrics {
    const { promptEvalCount: promptTokens } = metrics;
    if (promptTokens === undefined) return metrics;
    const { budget, logger } = this.#deps;
    const messages = plan.messages();
    const isCut = budget.wasTruncated(asked, messages, promptTokens);
    budget.learnFromAnswer(asked, messages, metrics).catch((error: unknown) => {
      logger.warn(`The context was not looked at: ${String(error)}`);
    });
    return isCut ? { ...metrics, promptWasCut: true } : metrics;
  }

  /** A load shorter than this is a model that was there already. */
  #recordLoadTime(model: string, loadDurationNs = 0): void {
    const ms = loadDurationNs / 1e6;
    if (ms >= 500) this.#loadMs.set(model, ms);
  }

  /** Folds the event in, tells everyone, and stores it. Never rejects: the store says its trouble. */
  #record(event: ConversationEvent): Promise<void> {
    this.conversation.apply(event);
    this.#emitter.emit({ type: 'event', event });
    return this.#deps.store.append(this.conversation.id, event).catch((error: unknown) => {
      this.#deps.logger.error(`A record was not saved: ${String(error)}`);
    });
  }

  /** A defect of ours, not of the wire: the turn ends with what is known, and the log has the rest. */
  #fail(run: AnswerRun, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#deps.logger.error(error instanceof Error ? (error.stack ?? message) : message);
    run.abandon();
    if (this.#run === run) this.#run = undefined;
    const turn = this.conversation.turn(run.turnId);
    if (turn?.role !== 'assistant' || turn.end) return;
    const end = { kind: 'failed', failure: { kind: 'internal', message } } as const;
    void this.#record({ kind: 'turnEnded', turnId: run.turnId, end, metrics: {} });
  }
}
