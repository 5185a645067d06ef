import type { ConversationEvent } from '../shared/conversationEvents';
import { Emitter } from '../shared/emitter';
import { Conversation } from './conversation';
import { createCheckpointContext } from './checkpointContext';
import { PendingMessages } from './pendingMessages';
import type { OtherWindowEvent, StoreNotice, StoredConversation } from './ports';
import { ConversationSession, type SessionDependencies } from './session';

/**
 * The workspace's conversations: which one is shown, and those that still run behind it. It is the
 * one place that tells the store what the next start begins with.
 */
export class Conversations {
  /** What is written and not sent yet. */
  readonly pending: PendingMessages;
  readonly #deps: SessionDependencies;
  readonly #currentChanged = new Emitter<ConversationSession>();
  readonly #notice = new Emitter<StoreNotice>();
  readonly #live = new Map<string, ConversationSession>();
  readonly #openInOtherWindowChanged = new Emitter<boolean>();
  readonly #runningChanged = new Emitter<undefined>();
  readonly #deleted = new Emitter<string>();
  readonly #restoredEvent = new Emitter<undefined>();
  #isOpenInOtherWindow = false;
  #current: ConversationSession;
  #draft = '';
  #draftAt = 0;
  #restored: Promise<void> | undefined;
  #isRestored = false;

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
    this.pending = new PendingMessages({
      newId: deps.newId,
      current: () => this.#current,
      save: (state) => deps.store.savePending(state),
    });
    this.#current = this.#addSession(new Conversation(deps.newId()));
    deps.store.onOtherWindow((elsewhere) => this.#handleOtherWindow(elsewhere));
    deps.store.onLatePending((outbox) => this.pending.restore(outbox));
  }

  get current(): ConversationSession {
    return this.#current;
  }

  get draft(): string {
    return this.#draft;
  }

  /** When the draft became this, by the page that wrote it: whichever is newer, this or the page's own, counts. */
  get draftAt(): number {
    return this.#draftAt;
  }

  /** Whether another window shows the same conversation. */
  get isOpenInOtherWindow(): boolean {
    return this.#isOpenInOtherWindow;
  }

  /** Called when `isOpenElsewhere` changes; the returned function unsubscribes. */
  onOpenInOtherWindowChanged(listener: (isOpen: boolean) => void): () => void {
    return this.#openInOtherWindowChanged.on(listener);
  }

  /** Whether an answer is being written in a conversation, shown or behind the one that is. */
  isRunning(id: string): boolean {
    return this.#live.get(id)?.running ?? false;
  }

  /** Whether an answer is being written in any conversation. */
  get isBusy(): boolean {
    return [...this.#live.values()].some(({ running }) => running);
  }

  /** Called whenever an answer begins or ends; the returned function unsubscribes. */
  onRunningChanged(listener: () => void): () => void {
    return this.#runningChanged.on(listener);
  }

  /** Called when more is known of what fits; the returned function unsubscribes. */
  onContextLimitChanged(listener: () => void): () => void {
    return this.#deps.budget.onChanged(listener);
  }

  /** Called with the id of a conversation that was deleted, or something in it. */
  onDeleted(listener: (id: string) => void): () => void {
    return this.#deleted.on(listener);
  }

  /** Called with the session that is shown from now on; the returned function unsubscribes. */
  onCurrentChanged(listener: (session: ConversationSession) => void): () => void {
    return this.#currentChanged.on(listener);
  }

  /** Called with what the person should know of the memory; the returned function unsubscribes. */
  onNotice(listener: (notice: StoreNotice) => void): () => void {
    const unsubscribe = [this.#notice.on(listener), this.#deps.store.onNotice(listener)];
    return () => {
      for (const end of unsubscribe) end();
    };
  }

  /**
   * Brings back, once, what was shown when the window was last open; a conversation begun in the
   * meantime is not replaced. What the person should know of it comes as notices of the store.
   */
  restored(): Promise<void> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  /** Does it at once, or as soon as what was stored has been brought back. */
  async onceRestored(action: () => void): Promise<void> {
    if (!this.#isRestored) await this.restored();
    action();
  }

  /** Called once, when what was stored has been brought back. */
  onRestored(listener: () => void): void {
    this.#restoredEvent.on(listener);
  }

  /** Shows an empty conversation; one that is running goes on behind it, one that comes back later, too. */
  startNew(): void {
    if (this.#isRestored && this.#current.conversation.leaf === null) return;
    this.#show(this.#addSession(new Conversation(this.#deps.newId())));
  }

  /** Shows a stored conversation; false when it cannot be found. */
  async open(id: string): Promise<boolean> {
    const live = this.#live.get(id);
    if (live) {
      this.#show(live);
      return true;
    }
    const stored = await this.#deps.store.open(id);
    if (!stored) return false;
    this.#show(this.#createSession(stored));
    return true;
  }

  /** Gives a conversation, shown or stored, another title. */
  async rename(id: string, title: string): Promise<void> {
    const live = this.#live.get(id);
    if (live) await live.rename(title);
    else await this.#deps.store.append(id, { kind: 'renamed', title });
    this.#checkpoint();
  }

  /** Keeps a conversation at the top of the list, or no longer. */
  async pin(id: string, pinned: boolean): Promise<void> {
    const live = this.#live.get(id);
    if (live) await live.pin(pinned);
    else await this.#deps.store.append(id, { kind: 'pinned', pinned });
  }

  /** Deletes a conversation; gives what it was, for an undo. Undefined when there is none. */
  async delete(id: string): Promise<StoredConversation | undefined> {
    this.#live.get(id)?.stop();
    const stored = await this.#deps.store.open(id);
    if (!stored) return undefined;
    await this.#deps.store.append(id, { kind: 'deleted' });
    this.#deleted.emit(id);
    this.pending.deleteConversation(id);
    this.#live.delete(id);
    if (this.#current.conversation.id === id) {
      this.#show(this.#addSession(new Conversation(this.#deps.newId())));
    }
    return stored;
  }

  /** Stores a conversation that was deleted anew, as another one, and shows it. */
  putBack({ events }: StoredConversation): Promise<void> {
    return this.startWith(events);
  }

  /** Stores these events as a conversation of its own and shows it. */
  async startWith(events: readonly ConversationEvent[]): Promise<void> {
    const id = this.#deps.newId();
    await Promise.all(events.map((event) => this.#deps.store.append(id, event)));
    await this.open(id);
  }

  /** Without a time it is newer than what was known. */
  saveDraft(text: string, at = this.#draftAt + 1): void {
    this.#draft = text;
    this.#draftAt = at;
    this.#deps.store.saveDraft(text, at);
  }

  /** Closes every connection; unfinished answers are found interrupted at the next start. */
  dispose(): void {
    for (const session of this.#live.values()) session.dispose();
  }

  async #restore(): Promise<void> {
    const before = this.#current;
    const { active, draft, draftAt, pending, notices } = await this.#deps.store.restore();
    for (const notice of notices) this.#notice.emit(notice);
    if (this.#draft === '') {
      this.#draft = draft;
      this.#draftAt = Math.max(draftAt, this.#draftAt);
    }
    this.pending.restore(pending);
    const untouched = this.#current === before && before.conversation.leaf === null;
    if (active && untouched) this.#show(this.#createSession(active));
    this.#isRestored = true;
    this.#restoredEvent.emit(undefined);
  }

  #handleOtherWindow(elsewhere: OtherWindowEvent): void {
    if (elsewhere.kind === 'open') {
      this.#isOpenInOtherWindow = elsewhere.isOpen;
      this.#openInOtherWindowChanged.emit(elsewhere.isOpen);
    } else {
      this.#reload(elsewhere.conversationId).catch((error: unknown) => {
        this.#deps.logger.warn(`What another window wrote is not shown: ${String(error)}`);
      });
    }
  }

  /** Takes in what another window has added to the conversation that is shown. */
  async #reload(id: string): Promise<void> {
    const before = this.#current;
    const isIdle = (): boolean => this.#current === before && !before.running;
    if (before.conversation.id !== id || !isIdle()) return;
    const stored = await this.#deps.store.open(id);
    if (!isIdle()) return;
    if (!stored) {
      // It was deleted there, and what waits for it here with it.
      this.pending.deleteConversation(id);
      this.#show(this.#addSession(new Conversation(this.#deps.newId())));
      return;
    }
    const session = this.#createSession(stored);
    session.conversation.stayOn(before.conversation.leaf);
    this.#show(session);
  }

  #createSession({ id, events, writtenInOtherWindow }: StoredConversation): ConversationSession {
    const conversation = new Conversation(id, events);
    // What was running when its window went away will not go on; that is part of its history now.
    for (const event of conversation.interruptUnfinished(new Set(writtenInOtherWindow))) {
      this.#deps.store.append(id, event).catch((error: unknown) => {
        this.#deps.logger.error(`An interruption was not saved: ${String(error)}`);
      });
    }
    return this.#addSession(conversation, writtenInOtherWindow);
  }

  #addSession(
    conversation: Conversation,
    writtenElsewhere: readonly string[] = [],
  ): ConversationSession {
    const session = new ConversationSession(conversation, this.#deps, writtenElsewhere);
    this.#live.set(conversation.id, session);
    session.on((event) => {
      if (event.type !== 'event' || event.event.kind === 'textAppended') return;
      if (event.event.kind === 'turnDeleted') this.#deleted.emit(conversation.id);
      this.#handleTurnChange(session);
      if (event.event.kind === 'turnEnded') {
        this.pending.handleAnswerEnd(session, event.event.end.kind === 'done');
      }
      this.#runningChanged.emit(undefined);
    });
    return session;
  }

  #show(session: ConversationSession): void {
    const left = this.#current;
    if (left === session) return;
    this.#current = session;
    this.#releaseIfIdle(left);
    this.#checkpoint();
    this.#currentChanged.emit(session);
  }

  /** At each begin and end of a turn. */
  #handleTurnChange(session: ConversationSession): void {
    if (session === this.#current) this.#checkpoint();
    else this.#releaseIfIdle(session);
  }

  /** A conversation in the background is kept in memory only while it runs, or is about to. */
  #releaseIfIdle(session: ConversationSession): void {
    const { id } = session.conversation;
    const isBusy = session.running || this.pending.hasQueued(id);
    if (!isBusy && this.#live.get(id) === session) this.#live.delete(id);
  }

  #checkpoint(): void {
    const { conversation } = this.#current;
    const empty = conversation.leaf === null;
    this.#deps.store.checkpoint(
      empty
        ? undefined
        : createCheckpointContext(conversation.id, conversation.title, conversation.path()),
    );
  }
}
