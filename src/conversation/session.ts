import type { ConversationEvent } from '../shared/events';
import type { Activity } from '../shared/protocol';
import type { AssistantTurn, Failure } from '../shared/turn';
import { AnswerRun, type AnswerListener } from './answerRun';
import type { Conversation } from './conversation';
import { Emitter } from './emitter';
import type {
  ChatModel,
  Clock,
  ConversationStore,
  Logger,
  ModelEvent,
  NewId,
  RequestProfile,
} from './ports';
import { PromptPlanner, type PromptPlan } from './promptPlanner';

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
  readonly settings: () => ChatSettings;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
}

export type SessionEvent =
  | { readonly type: 'event'; readonly event: ConversationEvent }
  | { readonly type: 'activity'; readonly turnId: string; readonly activity: Activity };

/** Whether a message was taken, or why not: the text then stays with the person. */
export type Sent = 'sent' | 'empty' | 'busy';

/** One answer that is asked for. */
interface Asked {
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
  readonly #planner = new PromptPlanner();
  readonly #loadMs = new Map<string, number>();
  /** Answers that another window is writing; nothing is asked after them meanwhile. */
  readonly #writtenElsewhere: ReadonlySet<string>;
  #run: AnswerRun | undefined;

  constructor(
    conversation: Conversation,
    deps: SessionDependencies,
    writtenElsewhere: readonly string[] = [],
  ) {
    this.conversation = conversation;
    this.#deps = deps;
    this.#writtenElsewhere = new Set(writtenElsewhere);
  }

  /** The returned function stops listening. */
  on(listener: (event: SessionEvent) => void): () => void {
    return this.#emitter.on(listener);
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  isWrittenElsewhere(turnId: string): boolean {
    return this.#writtenElsewhere.has(turnId);
  }

  /** What the running answer is doing, when `turnId` is the one that runs. */
  activityOf(turnId: string): Activity | undefined {
    return this.#run?.turnId === turnId ? this.#run.activity : undefined;
  }

  /** Says `text` and starts the answer. The message is stored before the request goes out. */
  send(text: string): Sent {
    return this.#say(text, this.conversation.leaf);
  }

  /** Says `text` in place of an earlier message, as a branch beside it. */
  editAndResend(turnId: string, text: string): Sent {
    const turn = this.conversation.turn(turnId);
    return turn?.role === 'user' ? this.#say(text, turn.parent) : 'empty';
  }

  /** Answers the same message again, as a branch beside the earlier answer. */
  regenerate(turnId: string, model?: string): void {
    const turn = this.conversation.turn(turnId);
    if (this.#run || turn?.role !== 'assistant' || turn.parent === null) return;
    this.#answer(turn.parent, Promise.resolve(), model);
  }

  /** Goes on with an answer that was cut off, in the same turn. */
  continueTurn(turnId: string): void {
    const answer = this.conversation.turn(turnId);
    if (this.#run || answer?.role !== 'assistant' || !answer.end) return;
    const { text, thinking, parent } = answer;
    const { systemPrompt } = this.#deps.settings();
    const asked = this.conversation.path(parent);
    const plan = this.#planner.planContinuation(systemPrompt, asked, { ...answer });
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

  #say(text: string, parent: string | null): Sent {
    if (text.trim() === '') return 'empty';
    if (this.#run || (parent !== null && this.isWrittenElsewhere(parent))) return 'busy';
    const { newId, clock } = this.#deps;
    const id = newId();
    const turn = { role: 'user', id, parent, createdAt: clock.wallMs(), text } as const;
    this.#answer(id, this.#record({ kind: 'turnStarted', turn }));
    return 'sent';
  }

  #answer(parent: string, saved: Promise<void>, chosenModel?: string): void {
    const { settings, newId, clock } = this.#deps;
    const { systemPrompt, ...set } = settings();
    const model = chosenModel ?? set.model;
    const turnId = newId();
    const plan = this.#planner.plan(systemPrompt, this.conversation.path(parent));
    void this.#record({
      kind: 'turnStarted',
      turn: { role: 'assistant', id: turnId, parent, createdAt: clock.wallMs(), model },
    });
    this.#start({ turnId, model, plan, saved });
  }

  #start(answer: Asked): void {
    const { turnId, model, plan, continues } = answer;
    const { clock, settings } = this.#deps;
    const { profile } = settings();
    const lastLoadMs = this.#loadMs.get(model);
    const run = new AnswerRun({
      turnId,
      clock,
      listener: this.#listenerFor(turnId, model),
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
    { model, plan, saved, continues }: Asked,
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

  #listenerFor(turnId: string, model: string): AnswerListener {
    return {
      record: (event) => {
        if (event.kind === 'turnEnded') {
          this.#run = undefined;
          this.#rememberLoad(model, event.metrics.loadDurationNs);
        }
        void this.#record(event);
      },
      activity: (activity) => {
        this.conversation.setState(turnId, activity.state);
        this.#emitter.emit({ type: 'activity', turnId, activity });
      },
    };
  }

  /** A load shorter than this is a model that was there already. */
  #rememberLoad(model: string, loadDurationNs = 0): void {
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
