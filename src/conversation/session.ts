import type { ConversationEvent } from '../shared/events';
import type { Activity } from '../shared/protocol';
import type { Failure, Turn } from '../shared/turn';
import { AnswerRun, type AnswerListener } from './answerRun';
import { turnsToDrop } from './contextPlan';
import type { Conversation } from './conversation';
import { Emitter } from './emitter';
import type {
  ChatModel,
  ChatPrompt,
  Clock,
  ConversationStore,
  Logger,
  ModelEvent,
  NewId,
  RequestProfile,
} from './ports';
import { promptMessages } from './prompt';

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

/**
 * One conversation that can be talked to: it takes messages, runs at most one answer at a time, and
 * tells whoever listens. It outlives every view of it.
 */
export class ConversationSession {
  readonly conversation: Conversation;
  readonly #deps: SessionDependencies;
  readonly #emitter = new Emitter<SessionEvent>();
  readonly #loadMs = new Map<string, number>();
  #run: AnswerRun | undefined;
  /** The first turn that is still sent, once earlier ones no longer fitted. */
  #firstSent: string | undefined;

  constructor(conversation: Conversation, deps: SessionDependencies) {
    this.conversation = conversation;
    this.#deps = deps;
  }

  /** The returned function stops listening. */
  on(listener: (event: SessionEvent) => void): () => void {
    return this.#emitter.on(listener);
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  /** What the running answer is doing, when `turnId` is the one that runs. */
  activityOf(turnId: string): Activity | undefined {
    return this.#run?.turnId === turnId ? this.#run.activity : undefined;
  }

  /** Says `text` and starts the answer. The message is stored before the request goes out. */
  send(text: string): Sent {
    if (text.trim() === '') return 'empty';
    if (this.#run) return 'busy';
    const { newId, clock } = this.#deps;
    const id = newId();
    const saved = this.#record({
      kind: 'turnStarted',
      turn: { role: 'user', id, parent: this.conversation.leaf, createdAt: clock.wallMs(), text },
    });
    this.#answer(id, saved);
    return 'sent';
  }

  /** Answers the same message again, as a branch beside the earlier answer. */
  regenerate(turnId: string): void {
    const turn = this.conversation.turn(turnId);
    if (this.#run || turn?.role !== 'assistant' || turn.parent === null) return;
    this.#answer(turn.parent, Promise.resolve());
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

  #answer(parent: string, saved: Promise<void>): void {
    const { settings, newId, clock } = this.#deps;
    const { model, systemPrompt, profile } = settings();
    const turnId = newId();
    const asked = this.conversation.path(parent);
    void this.#record({
      kind: 'turnStarted',
      turn: { role: 'assistant', id: turnId, parent, createdAt: clock.wallMs(), model },
    });

    const prompt = (): ChatPrompt => ({
      model,
      messages: promptMessages(systemPrompt, this.#fitting(asked)),
      profile,
    });
    const lastLoadMs = this.#loadMs.get(model);
    const run = new AnswerRun({
      turnId,
      clock,
      listener: this.#listenerFor(turnId, model),
      ...(lastLoadMs === undefined ? {} : { lastLoadMs }),
      open: (signal) => this.#open(prompt(), saved, signal),
      recover: (failure) => this.#dropTurns(asked, prompt(), failure),
    });
    this.#run = run;
    run.finished().catch((error: unknown) => {
      this.#fail(run, error);
    });
  }

  /** Waits until the message is stored, then asks the model. */
  async *#open(
    prompt: ChatPrompt,
    saved: Promise<void>,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    await saved;
    if (signal.aborted) return;
    if (prompt.model === '') {
      const failure: Failure = { kind: 'noModel', message: 'No model is chosen.' };
      yield { type: 'end', end: { kind: 'failed', failure } };
      return;
    }
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

  #fitting(turns: readonly Turn[]): readonly Turn[] {
    const first = turns.findIndex(({ id }) => id === this.#firstSent);
    return first > 0 ? turns.slice(first) : turns;
  }

  #dropTurns(asked: readonly Turn[], prompt: ChatPrompt, failure: Failure): number | undefined {
    const { promptTokens, contextLength } = failure;
    if (promptTokens === undefined || contextLength === undefined) return undefined;
    const sent = this.#fitting(asked);
    const drop = turnsToDrop(sent, prompt.messages, { promptTokens, contextLength });
    if (drop === 0) return undefined;
    this.#firstSent = sent[drop]?.id;
    return asked.length - sent.length + drop;
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
