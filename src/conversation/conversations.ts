import type { ConversationEvent } from '../shared/turn';
import { Emitter } from '../shared/emitter';
import { Conversation } from './conversation';
import { createCheckpointContext } from './checkpointContext';
import { PendingMessages } from './pendingMessages';
import type { OtherWindowEvent, StoreNotice, StoredConversation } from './ports';
import { ConversationSession, type SessionDependencies } from './session';

/**
 * The workspace's conversations: the one that is shown, and those with a running answer in the background. Only
 * this class tells the store what the next start begins with.
 */
export class Conversations {
  /** Attachments and messages that are not sent yet. */
  readonly pending: PendingMessages;
  readonly #deps: SessionDependencies;
  readonly #currentChanged: Emitter<ConversationSession>;
  readonly #notice: Emitter<StoreNotice>;
  readonly #live = new Map<string, ConversationSession>();
  readonly #openInOtherWindowChanged: Emitter<boolean>;
  readonly #runningChanged: Emitter<undefined>;
  readonly #deleted: Emitter<string>;
  readonly #restoredEvent: Emitter<undefined>;
  #isOpenInOtherWindow = false;
  #current: ConversationSession;
  #draft = '';
  #draftAt = 0;
  #restored: Promise<void> | undefined;
  #isRestored = false;
  /** Conversations of which the deletion is being stored. */
  readonly #deleting = new Set<string>();

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
    const { logger } = deps;
    this.#currentChanged = new Emitter(logger);
    this.#notice = new Emitter(logger);
    this.#openInOtherWindowChanged = new Emitter(logger);
    this.#runningChanged = new Emitter(logger);
    this.#deleted = new Emitter(logger);
    this.#restoredEvent = new Emitter(logger);
    this.pending = new PendingMessages({
      newId: deps.newId,
      logger,
      current: () => this.#current,
      save: (state) => deps.store.savePending(state),
    });
    this.#current = this.#addSession(new Conversation(deps.newId()));
    deps.store.onOtherWindow((elsewhere) => this.#handleOtherWindow(elsewhere));
    deps.store.onLatePending((pending) => this.pending.restore(pending));
  }

  get current(): ConversationSession {
    return this.#current;
  }

  get draft(): string {
    return this.#draft;
  }

  /** When the page changed the draft to this, by the page's clock; the page compares it with its own draft. */
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

  /** Whether an answer is running in a conversation, shown or in the background. */
  isRunning(id: string): boolean {
    return this.#live.get(id)?.running ?? false;
  }

  /** Whether an answer is running in any conversation. */
  get isBusy(): boolean {
    return [...this.#live.values()].some(({ running }) => running);
  }

  /** Called whenever an answer begins or ends; the returned function unsubscribes. */
  onRunningChanged(listener: () => void): () => void {
    return this.#runningChanged.on(listener);
  }

  /** Called when the limit or the estimate of tokens changes; the returned function unsubscribes. */
  onContextLimitChanged(listener: () => void): () => void {
    return this.#deps.budget.onChanged(listener);
  }

  /** Called with the id of a conversation that was deleted, or of which a turn was deleted. */
  onDeleted(listener: (id: string) => void): () => void {
    return this.#deleted.on(listener);
  }

  /** Called with the session that is shown from now on; the returned function unsubscribes. */
  onCurrentChanged(listener: (session: ConversationSession) => void): () => void {
    return this.#currentChanged.on(listener);
  }

  /** Called with what the user should know about stored conversations; the returned function unsubscribes. */
  onNotice(listener: (notice: StoreNotice) => void): () => void {
    const unsubscribe = [this.#notice.on(listener), this.#deps.store.onNotice(listener)];
    return () => {
      for (const end of unsubscribe) end();
    };
  }

  /**
   * Restores, once, what was shown when the window was last open; a conversation that was started in the
   * meantime is not replaced. Problems are reported as notices of the store.
   */
  restored(): Promise<void> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  /** Runs `action` once the stored conversation is restored; at once if it is. */
  async onceRestored(action: () => void): Promise<void> {
    if (!this.#isRestored) await this.restored();
    action();
  }

  /** Called once, when the stored conversation is restored. */
  onRestored(listener: () => void): void {
    this.#restoredEvent.on(listener);
  }

  /** Shows an empty conversation; a running answer continues in the background. */
  startNew(): void {
    if (this.#isRestored && this.#current.conversation.leaf === null) return;
    this.#show(this.#addSession(new Conversation(this.#deps.newId())));
  }

  /** Shows a stored conversation; false when it cannot be found. */
  async open(id: string): Promise<boolean> {
    if (this.#deleting.has(id)) return false;
    const live = this.#live.get(id);
    if (live) {
      this.#show(live);
      return true;
    }
    const stored = await this.#deps.store.open(id);
    if (!stored || this.#deleting.has(id)) return false;
    this.#show(this.#createSession(stored));
    return true;
  }

  /** Renames a conversation, shown or stored. */
  async rename(id: string, title: string): Promise<void> {
    if (this.#deleting.has(id)) return;
    const live = this.#live.get(id);
    if (live) await live.rename(title);
    else await this.#deps.store.append(id, { kind: 'renamed', title });
    this.#checkpoint();
  }

  /** Pins a conversation to the top of the list, or unpins it. */
  async pin(id: string, pinned: boolean): Promise<void> {
    if (this.#deleting.has(id)) return;
    const live = this.#live.get(id);
    if (live) await live.pin(pinned);
    else await this.#deps.store.append(id, { kind: 'pinned', pinned });
  }

  /**
   * Deletes a conversation and returns what it was, for undo; undefined when there is none. A running answer
   * is stopped first, and from then on nothing is sent or stored in it.
   */
  async delete(id: string): Promise<StoredConversation | undefined> {
    if (this.#deleting.has(id)) return undefined;
    const live = this.#live.get(id);
    this.#deleting.add(id);
    live?.close();
    try {
      await live?.saved;
      const stored = await this.#deps.store.open(id);
      if (!stored) {
        live?.reopen();
        return undefined;
      }
      await this.#deps.store.append(id, { kind: 'deleted' });
      this.#forgetDeleted(id);
      return stored;
    } catch (error) {
      live?.reopen();
      throw error;
    } finally {
      this.#deleting.delete(id);
    }
  }

  /** Undoes a deletion: stores the conversation again, under a new id, and shows it. */
  putBack({ events }: StoredConversation): Promise<void> {
    return this.startWith(events);
  }

  /** Stores these events as a new conversation and shows it. */
  async startWith(events: readonly ConversationEvent[]): Promise<void> {
    const id = this.#deps.newId();
    await this.#deps.store.appendPast(id, events);
    await this.open(id);
  }

  /** @param at by the page's clock; without it the draft counts as newer than the last one */
  saveDraft(text: string, at = this.#draftAt + 1): void {
    this.#draft = text;
    this.#draftAt = at;
    this.#deps.store.saveDraft(text, at);
  }

  /** Closes every connection; the next start finds unfinished answers interrupted. */
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
    if (active && untouched) this.#showRestored(active);
    this.#isRestored = true;
    this.#restoredEvent.emit(undefined);
  }

  /** A conversation that cannot be shown must not keep the panel from starting. */
  #showRestored(active: StoredConversation): void {
    try {
      this.#show(this.#createSession(active));
    } catch (error) {
      this.#deps.logger.error(`The last conversation cannot be shown: ${String(error)}`);
      this.#notice.emit({ kind: 'unreadable', count: 1 });
    }
  }

  #handleOtherWindow(elsewhere: OtherWindowEvent): void {
    if (elsewhere.kind === 'open') {
      this.#isOpenInOtherWindow = elsewhere.isOpen;
      this.#openInOtherWindowChanged.emit(elsewhere.isOpen);
    } else {
      this.#reload(elsewhere.conversationId).catch((error: unknown) => {
        this.#deps.logger.warn(`Could not show what another window wrote: ${String(error)}`);
      });
    }
  }

  /** Reads again what another window has added to the conversation that is shown. */
  async #reload(id: string): Promise<void> {
    const before = this.#current;
    const isIdle = (): boolean => this.#current === before && !before.running;
    if (before.conversation.id !== id || !isIdle()) return;
    const stored = await this.#deps.store.open(id);
    if (!isIdle()) return;
    if (!stored) {
      // The other window deleted it.
      this.#forgetDeleted(id);
      return;
    }
    const session = this.#createSession(stored);
    session.conversation.stayOn(before.conversation.leaf);
    this.#show(session);
    const last = session.conversation.path().at(-1);
    const hasEnded = before.isAnsweredInOtherWindow && !session.isAnsweredInOtherWindow;
    if (hasEnded && last?.role === 'assistant') {
      this.pending.handleAnswerEnd(session, last.end?.kind === 'done');
    }
  }

  #forgetDeleted(id: string): void {
    this.#deleted.emit(id);
    this.pending.deleteConversation(id);
    this.#live.delete(id);
    if (this.#current.conversation.id === id) {
      this.#show(this.#addSession(new Conversation(this.#deps.newId())));
    }
  }

  #createSession({ id, events, writtenInOtherWindow }: StoredConversation): ConversationSession {
    const conversation = new Conversation(id, events);
    // Answers that were running when their window closed will not continue; their history says so.
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

  /** Called at each begin and end of a turn. */
  #handleTurnChange(session: ConversationSession): void {
    if (session === this.#current) this.#checkpoint();
    else this.#releaseIfIdle(session);
  }

  /** A conversation in the background stays in memory only while an answer runs or a message waits in it. */
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
