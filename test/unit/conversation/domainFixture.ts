import type { ModelContext } from '../../../src/conversation/contextLength';
import { ContextBudget, type KnownModel } from '../../../src/conversation/contextBudget';
import { Conversation } from '../../../src/conversation/conversation';
import { Conversations } from '../../../src/conversation/conversations';
import type {
  ChatModel,
  ChatPrompt,
  ChatSettings,
  ConversationStore,
  ConversationSummary,
  Logger,
  ModelEnd,
  ModelEvent,
  OtherWindowEvent,
  RestoredWorkspace,
  StoredConversation,
  StoreNotice,
} from '../../../src/conversation/ports';
import {
  ConversationSession,
  type SessionDependencies,
  type SessionEvent,
} from '../../../src/conversation/session';
import { emptyPendingState, type PendingState } from '../../../src/shared/composerState';
import { Emitter } from '../../../src/shared/emitter';
import type { AssistantTurn, ConversationEvent, Failure, Metrics } from '../../../src/shared/turn';
import { ManualClock } from '../../support/clock';
import type { Gate } from '../../support/ollamaServer/exchange';

/** What the fake model does with one request. */
export type Script = (prompt: ChatPrompt, signal: AbortSignal) => AsyncIterable<ModelEvent>;

export interface ReplyOptions {
  readonly thinking?: readonly string[];
  /** Lets each piece through. */
  readonly gate?: Gate;
  /** Instead of `done`; null: the stream ends without an end. */
  readonly end?: ModelEnd | null;
  readonly metrics?: Metrics;
}

/** Streams these pieces, then ends. */
export function reply(pieces: readonly string[], options: ReplyOptions = {}): Script {
  return async function* (_prompt, signal) {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    const thoughts = (options.thinking ?? []).map((thinking) => ({ thinking, answer: '' }));
    const answers = pieces.map((answer) => ({ thinking: '', answer }));
    yield { type: 'phase', phase: 'prompting' };
    for (const piece of [...thoughts, ...answers]) {
      await options.gate?.pass(aborted);
      if (signal.aborted) return;
      yield { type: 'delta', ...piece };
    }
    await options.gate?.pass(aborted);
    if (signal.aborted || options.end === null) return;
    const metrics = { evalCount: pieces.length, ...options.metrics };
    yield { type: 'end', end: options.end ?? { kind: 'done', reason: 'stop', metrics } };
  };
}

/** Refuses the request before any text. */
export function refuse(failure: Failure): Script {
  return reply([], { end: { kind: 'failed', failure } });
}

export function overflow(promptTokens: number, contextLength: number): Failure {
  const message = `request (${promptTokens} tokens) exceeds the available context size`;
  return { kind: 'contextOverflow', message, status: 400, promptTokens, contextLength };
}

/** Answers each request with the next script, and the last one from then on. */
export class FakeModel implements ChatModel {
  readonly prompts: ChatPrompt[] = [];
  readonly signals: AbortSignal[] = [];
  #scripts: Script[] = [reply(['Yes.'])];

  answerWith(...scripts: readonly Script[]): void {
    this.#scripts = [...scripts];
  }

  get lastMessages(): readonly { readonly role: string; readonly content: string }[] {
    return this.prompts.at(-1)?.messages ?? [];
  }

  chat(prompt: ChatPrompt, signal: AbortSignal): AsyncIterable<ModelEvent> {
    this.prompts.push(prompt);
    this.signals.push(signal);
    const [script = reply([])] = this.#scripts;
    if (this.#scripts.length > 1) this.#scripts.shift();
    return script(prompt, signal);
  }
}

/** Conversations in memory. What it is given can be held back, and can be made to fail. */
export class MemoryStore implements ConversationStore {
  readonly events = new Map<string, ConversationEvent[]>();
  restored: RestoredWorkspace = {
    draft: '',
    draftAt: 0,
    pending: emptyPendingState,
    notices: [],
  };
  pending: PendingState = emptyPendingState;
  /** Called before an event is written; while it has not resolved, the event is not there. */
  beforeAppend: (event: ConversationEvent) => Promise<void> = () => Promise.resolve();
  beforeOpen: () => Promise<void> = () => Promise.resolve();
  readonly writtenInOtherWindow: string[] = [];
  readonly #otherWindow = new Emitter<OtherWindowEvent>();
  readonly #late = new Emitter<PendingState>();
  readonly #notices = new Emitter<StoreNotice>();
  #writing: Promise<void> = Promise.resolve();

  restore(): Promise<RestoredWorkspace> {
    return Promise.resolve(this.restored);
  }

  summaries(): Promise<readonly ConversationSummary[]> {
    return Promise.resolve(
      [...this.events].flatMap(([id, events]) => {
        const { title, pinned } = new Conversation(id, events);
        const isDeleted = events.some(({ kind }) => kind === 'deleted');
        return isDeleted ? [] : [{ id, title, pinned, updatedAt: 0, bytes: events.length }];
      }),
    );
  }

  async open(id: string): Promise<StoredConversation | undefined> {
    await this.beforeOpen();
    const events = this.events.get(id);
    if (!events || events.some(({ kind }) => kind === 'deleted')) return undefined;
    return {
      id,
      events: [...events],
      unreadable: 0,
      missingEarlier: 0,
      writtenInOtherWindow: [...this.writtenInOtherWindow],
    };
  }

  append(id: string, event: ConversationEvent): Promise<void> {
    const write = async (): Promise<void> => {
      await this.beforeAppend(event);
      const events = this.events.get(id) ?? [];
      this.events.set(id, [...events, event]);
    };
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async appendPast(id: string, events: readonly ConversationEvent[]): Promise<void> {
    for (const event of events) await this.append(id, event);
  }

  checkpoint(): void {
    // Only the real store has a checkpoint.
  }

  saveDraft(): void {
    // Drafts are kept by `Conversations` itself.
  }

  savePending(pending: PendingState): void {
    this.pending = pending;
  }

  onLatePending(listener: (pending: PendingState) => void): void {
    this.#late.on(listener);
  }

  onNotice(listener: (notice: StoreNotice) => void): () => void {
    return this.#notices.on(listener);
  }

  onOtherWindow(listener: (event: OtherWindowEvent) => void): () => void {
    return this.#otherWindow.on(listener);
  }

  /** Another window did this. */
  emitOtherWindow(event: OtherWindowEvent): void {
    this.#otherWindow.emit(event);
  }

  /** Resolves when everything that was appended so far is there. */
  flush(): Promise<void> {
    return this.#writing;
  }
}

/** The domain with everything around it in memory. */
export class Domain {
  readonly model = new FakeModel();
  readonly store = new MemoryStore();
  readonly clock = new ManualClock();
  readonly known = new Map<string, KnownModel>();
  readonly errors: string[] = [];
  readonly logger: Logger = {
    trace: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void this.errors.push(message),
    error: (message) => void this.errors.push(message),
  };
  /** What the server says of the model's context. */
  context: ModelContext = {};
  memoryBytes: number | undefined;
  readonly budget = new ContextBudget({
    logger: this.logger,
    known: (model) => this.known.get(model),
    remember: (model, known) => this.known.set(model, known),
    contextOf: () => Promise.resolve(this.context),
    memoryBytes: () => this.memoryBytes,
  });
  settings: ChatSettings = { model: 'm', systemPrompt: '', profile: {} };
  #ids = 0;

  get dependencies(): SessionDependencies {
    return {
      chatModel: this.model,
      store: this.store,
      settings: () => this.settings,
      budget: this.budget,
      clock: this.clock,
      newId: () => `id-${++this.#ids}`,
      logger: this.logger,
    };
  }

  session(): ConversationSession {
    return new ConversationSession(new Conversation(`c-${++this.#ids}`), this.dependencies);
  }

  conversations(): Conversations {
    return new Conversations(this.dependencies);
  }
}

/** Resolves with the event for which `isWanted` is true. */
export function until(
  session: ConversationSession,
  isWanted: (event: SessionEvent) => boolean,
): Promise<SessionEvent> {
  return new Promise((resolve) => {
    const unsubscribe = session.on((event) => {
      if (!isWanted(event)) return;
      unsubscribe();
      resolve(event);
    });
  });
}

/** Resolves when the answer that is running, or about to, has ended. */
export async function ended(session: ConversationSession): Promise<AssistantTurn> {
  await until(session, (event) => event.type === 'event' && event.event.kind === 'turnEnded');
  return lastAnswer(session);
}

/** Resolves when the running answer begins with this text. */
export async function written(session: ConversationSession, text: string): Promise<void> {
  await until(session, () => {
    const turn = session.conversation.path().at(-1);
    return turn?.role === 'assistant' && turn.text.startsWith(text);
  });
}

export function lastAnswer(session: ConversationSession): AssistantTurn {
  const turn = session.conversation.path().at(-1);
  if (turn?.role !== 'assistant') throw new Error('The conversation does not end with an answer.');
  return turn;
}

/** The answer to `message`, when it has ended. */
export function say(session: ConversationSession, message: string): Promise<AssistantTurn> {
  const end = ended(session);
  session.send(message);
  return end;
}

export function getTexts(session: ConversationSession): readonly string[] {
  return session.conversation.path().map(({ text }) => text);
}

/** Lets everything that is due in this turn of the event loop happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The words of a text, each with the blank before it. */
export function toPieces(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}
