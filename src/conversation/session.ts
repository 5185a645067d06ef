import type { Clock } from '../shared/clock';
import type { ContextUsage } from '../shared/composerState';
import { defined } from '../shared/defined';
import { Emitter } from '../shared/emitter';
import type {
  Activity,
  AssistantTurn,
  Attachment,
  ConversationEvent,
  ConversationPart,
  Failure,
} from '../shared/turn';
import { type ActivityNews, type AnswerListener, AnswerRun } from './answerRun';
import { promptWeight } from './calibration';
import type { Conversation } from './conversation';
import { createVersion, findSummarized } from './conversationSummary';
import { ModelSpeeds } from './modelSpeeds';
import {
  type ChatModel,
  type ConversationStore,
  getFailure,
  type ModelEvent,
  type NewId,
  type RequestProfile,
} from './ports';
import type { PromptPlan } from './promptPlan';
import {
  createUserTurn,
  type DraftMessage,
  SessionContext,
  type SessionContextDependencies,
} from './sessionContext';
import type { PromptTarget } from './turnWeights';

export interface SessionDependencies extends SessionContextDependencies {
  readonly chatModel: ChatModel;
  readonly store: ConversationStore;
  readonly clock: Clock;
  readonly newId: NewId;
}

export type SessionEvent =
  | { readonly type: 'event'; readonly event: ConversationEvent }
  | ({ readonly type: 'activity'; readonly turnId: string } & ActivityNews);

/** Whether a message was accepted, or why not: the text then stays in the composer. */
export type SendResult = 'sent' | 'empty' | 'busy';

/** One answer that is requested. */
interface AnswerRequest {
  readonly turnId: string;
  readonly target: PromptTarget;
  /** Rejects with a `ModelFailure`. */
  readonly createPlan: () => Promise<PromptPlan>;
  /** Present once the request is about to be sent. */
  plan?: PromptPlan;
  /** Settled when the question is on disk. */
  readonly saved: Promise<void>;
  readonly continues?: Pick<AssistantTurn, 'text' | 'thinking' | 'movedLength'>;
}

/**
 * One conversation as it is used: it accepts messages, runs at most one answer at a time, stores what happens
 * and then announces it. It outlives every view of it.
 */
export class ConversationSession {
  readonly conversation: Conversation;
  readonly #deps: SessionDependencies;
  readonly #emitter: Emitter<SessionEvent>;
  readonly #context: SessionContext;
  readonly #speeds = new ModelSpeeds();
  /** Answers that another window is writing; no message can follow them meanwhile. */
  readonly #writtenInOtherWindow: ReadonlySet<string>;
  #run: AnswerRun | undefined;
  #isClosed = false;
  #saved: Promise<void> = Promise.resolve();

  constructor(
    conversation: Conversation,
    deps: SessionDependencies,
    writtenInOtherWindow: readonly string[] = [],
  ) {
    this.conversation = conversation;
    this.#deps = deps;
    this.#emitter = new Emitter(deps.logger);
    this.#context = new SessionContext(conversation, deps);
    this.#writtenInOtherWindow = new Set(writtenInOtherWindow);
  }

  /** Called after each event is given to the store; the returned function unsubscribes. */
  on(listener: (event: SessionEvent) => void): () => void {
    return this.#emitter.on(listener);
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  isWrittenInOtherWindow(turnId: string): boolean {
    return this.#writtenInOtherWindow.has(turnId);
  }

  /** Whether another window is answering the last message: until it has, nothing can be sent here. */
  get isAnsweredInOtherWindow(): boolean {
    const { leaf } = this.conversation;
    return leaf !== null && this.isWrittenInOtherWindow(leaf);
  }

  /** What the running answer is doing, if `turnId` is the running one. */
  getActivity(turnId: string): Activity | undefined {
    return this.#run?.turnId === turnId ? this.#run.activity : undefined;
  }

  /** Adds a message and starts the answer. The message is stored before the request goes out. */
  send(text: string, attachments: readonly Attachment[] = []): SendResult {
    return this.#sendMessage({ text, attachments }, this.conversation.leaf);
  }

  /**
   * Sends `text` in place of an earlier message, as a new branch with the same attachments. In place of a summary it
   * only becomes another version of it.
   */
  editAndResend(turnId: string, text: string): SendResult {
    const turn = this.conversation.turn(turnId);
    if (turn?.role === 'assistant') return this.#editSummary(turn, text);
    if (!turn) return 'empty';
    const { attachments = [], systemPrompt, summarizes } = turn;
    return this.#sendMessage({ text, attachments, systemPrompt, summarizes }, turn.parent);
  }

  /** Begins the conversation with a summary of another one, which is not changed. */
  summarize(summarizes: ConversationPart, title: string): SendResult {
    return this.#sendMessage({ text: title, attachments: [], summarizes }, null);
  }

  /** Whether an answer is a summary of another conversation. */
  isSummary({ parent }: AssistantTurn): boolean {
    return parent !== null && findSummarized(this.conversation.turn(parent)) !== undefined;
  }

  /** Answers the same message again, as another version of the answer. */
  regenerate(
    turnId: string,
    model?: string,
    change?: (profile: RequestProfile) => RequestProfile,
  ): void {
    const turn = this.conversation.turn(turnId);
    if (this.#isBusy || turn?.role !== 'assistant' || turn.parent === null) return;
    const target = this.#context.getTarget(model);
    const profile = change?.(target.profile) ?? target.profile;
    this.#startAnswer(turn.parent, Promise.resolve(), { ...target, profile });
  }

  /** Continues an answer that was cut off, in the same turn. */
  continueTurn(turnId: string): void {
    const turn = this.conversation.turn(turnId);
    if (this.#isBusy || turn?.role !== 'assistant' || !turn.end) return;
    // The turn changes while it is continued; the plan needs it as it is now.
    const answer: AssistantTurn = { ...turn };
    const { model, text } = answer;
    const target = this.#context.getTarget(model);
    const createPlan = (): Promise<PromptPlan> => this.#context.planContinuation(target, answer);
    const saved = this.#record({ kind: 'turnContinued', turnId, at: text.length });
    this.#start({ turnId, target, createPlan, saved, continues: answer });
  }

  /** Shows the branch `step` further on. False while an answer is running. */
  selectBranch(turnId: string, step: 1 | -1): boolean {
    if (this.#isBusy) return false;
    const branch = this.conversation.branch(turnId);
    const target = branch?.siblings[branch.index + step];
    if (target !== undefined) void this.#record({ kind: 'branchSelected', turnId: target });
    return true;
  }

  /** What sending this message would take of the context. Changes nothing and asks the server nothing. */
  preview(message: DraftMessage): ContextUsage {
    return this.#context.preview(message);
  }

  /** The model that answers the next message. */
  get model(): string {
    return this.#context.getTarget().model;
  }

  /** Asks the server which context length it has allocated; that loads nothing. */
  refreshContextLimit(): Promise<void> {
    return this.#context.refreshLimit();
  }

  /**
   * From now on nothing before this turn is sent; it can still be read. Null: everything is sent again. A
   * running answer is not affected. False if there is no such message.
   */
  setContextStart(turnId: string | null): boolean {
    const isUnknown = turnId !== null && this.conversation.turn(turnId)?.role !== 'user';
    if (isUnknown) return false;
    void this.#record({ kind: 'forgotten', turnId });
    return true;
  }

  /** Removes a message with its answers, or one answer; what follows it stays. False while an answer is running. */
  deleteTurn(turnId: string): boolean {
    if (this.#isBusy) return false;
    if (this.conversation.turn(turnId)) void this.#record({ kind: 'turnDeleted', turnId });
    return true;
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
    if (isShown || this.#isBusy || !this.conversation.turn(turnId)) return;
    void this.#record({ kind: 'branchSelected', turnId });
  }

  /** Ends the running answer, keeping its text; nothing is added to it afterwards. */
  stop(): void {
    this.#run?.stop();
    this.#run = undefined;
  }

  /** The conversation is about to be deleted: stops the answer, and from now on accepts and records nothing. */
  close(): void {
    this.stop();
    this.#isClosed = true;
  }

  /** Resolves when the last event is stored, or could not be. */
  get saved(): Promise<void> {
    return this.#saved;
  }

  /** The conversation was not deleted after all. */
  reopen(): void {
    this.#isClosed = false;
  }

  /** The window is closing: the connection is closed, and the next start finds the turn interrupted. */
  dispose(): void {
    this.#run?.abandon();
    this.#run = undefined;
  }

  get #isBusy(): boolean {
    return this.#run !== undefined || this.#isClosed;
  }

  #sendMessage(message: DraftMessage, parent: string | null): SendResult {
    if (message.text.trim() === '') return 'empty';
    if (this.#isBusy || (parent !== null && this.isWrittenInOtherWindow(parent))) return 'busy';
    const { newId, clock } = this.#deps;
    const turn = createUserTurn(newId(), parent, clock.wallMs(), message);
    this.#startAnswer(turn.id, this.#record({ kind: 'turnStarted', turn }));
    return 'sent';
  }

  #editSummary(turn: AssistantTurn, text: string): SendResult {
    if (!this.isSummary(turn) || text.trim() === '') return 'empty';
    if (this.#isBusy) return 'busy';
    const { newId, clock } = this.#deps;
    for (const event of createVersion(turn, newId(), text, clock.wallMs())) {
      void this.#record(event);
    }
    return 'sent';
  }

  #startAnswer(
    parent: string,
    saved: Promise<void>,
    target: PromptTarget = this.#context.getTarget(),
  ): void {
    const { newId, clock } = this.#deps;
    const { model } = target;
    const turnId = newId();
    const createPlan = (): Promise<PromptPlan> => this.#context.planAnswer(target, parent);
    void this.#record({
      kind: 'turnStarted',
      turn: { role: 'assistant', id: turnId, parent, createdAt: clock.wallMs(), model },
    });
    this.#start({ turnId, target, createPlan, saved });
  }

  #start(answer: AnswerRequest): void {
    const { turnId, target, continues } = answer;
    const { clock } = this.#deps;
    const { model } = target;
    const run = new AnswerRun(
      defined({
        turnId,
        clock,
        listener: this.#createListener(answer),
        notes: () => answer.plan?.notes ?? {},
        lastLoadMs: this.#speeds.getLoadMs(model),
        readingLimitMs: () => this.#getReadingLimit(answer),
        continues,
        open: (signal: AbortSignal) => this.#open(answer, signal),
        recover: (failure: Failure) => answer.plan?.recover(failure) ?? false,
        askInWords: () => answer.plan?.askInWords(),
      }),
    );
    this.#run = run;
    run.finished().catch((error: unknown) => this.#fail(run, error));
  }

  /** How long reading the prompt can take; undefined where it is not known. */
  #getReadingLimit({ target: { model }, plan }: AnswerRequest): number | undefined {
    if (!plan) return undefined;
    const tokens = this.#deps.budget.estimateTokens(model, promptWeight(plan.messages()));
    return this.#speeds.getReadingLimitMs(model, tokens);
  }

  /** Waits until the message is stored and the model's context is known, then asks the model. */
  async *#open(answer: AnswerRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const { target, saved, continues } = answer;
    const { model } = target;
    await saved;
    await this.#deps.budget.ensureKnown(target);
    if (model === '') {
      const failure: Failure = { kind: 'noModel', message: 'No model is selected.' };
      yield { type: 'end', end: { kind: 'failed', failure } };
      return;
    }
    try {
      answer.plan ??= await answer.createPlan();
    } catch (error) {
      const failure = getFailure(error);
      if (!failure) throw error;
      yield { type: 'end', end: { kind: 'failed', failure } };
      return;
    }
    if (signal.aborted) return;
    const { plan } = answer;
    plan.commit();
    const think = continues === undefined ? undefined : false;
    const prompt = defined({ model, messages: plan.messages(), profile: plan.profile, think });
    yield* this.#deps.chatModel.chat(prompt, signal);
  }

  #createListener(answer: AnswerRequest): AnswerListener {
    const { turnId, target } = answer;
    return {
      record: (event) => {
        if (event.kind !== 'turnEnded') {
          // With its first text the model has accepted the prompt.
          this.#context.accept(answer.plan);
          void this.#record(event);
          return;
        }
        this.#run = undefined;
        if (event.end.kind === 'done') this.#context.accept(answer.plan);
        this.#speeds.record(target.model, event.metrics);
        const metrics = this.#context.verify(target, answer.plan, event.metrics);
        void this.#record({ ...event, metrics });
      },
      activity: (news) => {
        this.conversation.setState(turnId, news.activity.state);
        this.#emitter.emit({ type: 'activity', turnId, ...news });
      },
    };
  }

  /** Applies the event, stores it, then announces it. Never rejects: the store reports its own trouble. */
  #record(event: ConversationEvent): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const { store, logger } = this.#deps;
    this.conversation.apply(event);
    const saved = store.append(this.conversation.id, event).catch((error: unknown) => {
      logger.error(`An event was not saved: ${String(error)}`);
    });
    this.#saved = saved;
    this.#emitter.emit({ type: 'event', event });
    return saved;
  }

  /** A defect of Cria, not of the wire: the turn ends as failed, and the log has the stack. */
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
