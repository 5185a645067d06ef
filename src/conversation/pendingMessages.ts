import { maxAttachments, type Attachment } from '../shared/turn';
import type { PendingState, QueuedMessage } from '../shared/composerState';
import { Emitter, type ErrorLog } from '../shared/emitter';
import type { NewId } from './ports';
import type { ConversationSession, SendResult } from './session';
import type { DraftMessage } from './sessionContext';

export interface PendingMessagesDependencies {
  readonly newId: NewId;
  readonly logger: ErrorLog;
  /** The conversation that is shown. */
  readonly current: () => ConversationSession;
  /** Stores it, so that it outlives the window. */
  readonly save: (state: PendingState) => void;
}

/**
 * The attachments of the message that is being written, and the messages that wait for a running answer. A
 * message waits in its own conversation, even while another one is shown; after an answer that failed or was
 * stopped it is on hold until the user sends it.
 */
export class PendingMessages {
  readonly #deps: PendingMessagesDependencies;
  readonly #changed: Emitter<undefined>;
  #attachments: readonly Attachment[] = [];
  #queue: readonly QueuedMessage[] = [];

  constructor(deps: PendingMessagesDependencies) {
    this.#deps = deps;
    this.#changed = new Emitter(deps.logger);
  }

  /** Of the message that is being written. */
  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  /** The messages that wait in the conversation that is shown, in the order in which they are sent. */
  get queue(): readonly QueuedMessage[] {
    return this.#getQueue(this.#deps.current().conversation.id);
  }

  /** Called when any of it changes; the returned function unsubscribes. */
  onChanged(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  hasQueued(conversationId: string): boolean {
    return this.#getQueue(conversationId).length > 0;
  }

  /** Puts what an earlier window left unsent before what is here already. */
  restore({ attachments, queue }: PendingState): void {
    if (attachments.length + queue.length === 0) return;
    // The answers that they waited for ended with their window.
    const restored = [...queue.map(hold), ...this.#queue];
    this.#setWithOverflow([...attachments, ...this.#attachments], restored);
  }

  /** Adds an attachment, or replaces the one from the same place. False: the message has too many. */
  attach(attachment: Attachment): boolean {
    const at = this.#attachments.findIndex((other) => isSamePlace(other, attachment));
    if (at < 0 && this.#attachments.length >= maxAttachments) return false;
    const next = [...this.#attachments];
    next.splice(at < 0 ? next.length : at, 1, attachment);
    this.#set(next, this.#queue);
    return true;
  }

  detach(id: string): void {
    this.#set(
      this.#attachments.filter((attachment) => attachment.id !== id),
      this.#queue,
    );
  }

  /** Sends `text` with the attachments, or queues it while an answer is running, also in another window. */
  send(text: string): SendResult | 'queued' {
    const session = this.#deps.current();
    const message: DraftMessage = { text, attachments: this.#attachments };
    const isBusy = session.running || session.isAnsweredInOtherWindow;
    if (isBusy && text.trim() !== '') {
      const conversationId = session.conversation.id;
      const queued = { id: this.#deps.newId(), conversationId, text, isHeld: false };
      this.#set([], [...this.#queue, { ...queued, attachments: [...message.attachments] }]);
      return 'queued';
    }
    const sent = session.send(text, message.attachments);
    if (sent === 'sent' && message.attachments.length > 0) this.#set([], this.#queue);
    return sent;
  }

  /** Moves the attachments of a waiting message to the composer and removes it; returns its text. */
  edit(id: string): string | undefined {
    const message = this.#queue.find((queued) => queued.id === id);
    if (!message) return undefined;
    const attachments = [...message.attachments, ...this.#attachments];
    this.#setWithOverflow(attachments, without(this.#queue, id));
    return message.text;
  }

  remove(id: string): void {
    this.#set(this.#attachments, without(this.#queue, id));
  }

  /** Sends a waiting message before the others and stops a running answer. */
  sendNow(id: string): void {
    const message = this.queue.find((queued) => queued.id === id);
    if (!message) return;
    const session = this.#deps.current();
    session.stop();
    this.#sendQueued(session, message);
  }

  /** Sends what waits for this answer if it is done, and puts it on hold otherwise. */
  handleAnswerEnd(session: ConversationSession, isDone: boolean): void {
    const { id } = session.conversation;
    if (!this.hasQueued(id)) return;
    if (!isDone) {
      this.#set(
        this.#attachments,
        this.#queue.map((queued) => (queued.conversationId === id ? hold(queued) : queued)),
      );
      return;
    }
    // Every other listener is notified of the end before the next message is sent.
    void Promise.resolve().then(() => {
      const next = this.#getQueue(id).find(({ isHeld }) => !isHeld);
      if (next && !session.running) this.#sendQueued(session, next);
    });
  }

  /** Removes what waits in a conversation that was deleted. */
  deleteConversation(conversationId: string): void {
    const rest = this.#queue.filter((queued) => queued.conversationId !== conversationId);
    if (rest.length < this.#queue.length) this.#set(this.#attachments, rest);
  }

  #sendQueued(session: ConversationSession, message: QueuedMessage): void {
    if (session.send(message.text, message.attachments) === 'sent') this.remove(message.id);
  }

  #getQueue(conversationId: string): readonly QueuedMessage[] {
    return this.#queue.filter((queued) => queued.conversationId === conversationId);
  }

  /** Attachments beyond the limit of a message wait, on hold, as a message without text: none is lost. */
  #setWithOverflow(attachments: readonly Attachment[], queue: readonly QueuedMessage[]): void {
    const rest = attachments.slice(maxAttachments);
    const conversationId = this.#deps.current().conversation.id;
    const overflow: readonly QueuedMessage[] =
      rest.length === 0
        ? []
        : [{ id: this.#deps.newId(), conversationId, text: '', attachments: rest, isHeld: true }];
    this.#set(attachments.slice(0, maxAttachments), [...queue, ...overflow]);
  }

  #set(attachments: readonly Attachment[], queue: readonly QueuedMessage[]): void {
    this.#attachments = attachments;
    this.#queue = queue;
    this.#deps.save({ attachments: [...attachments], queue: [...queue] });
    this.#changed.emit(undefined);
  }
}

function hold(queued: QueuedMessage): QueuedMessage {
  return { ...queued, isHeld: true };
}

function without(queue: readonly QueuedMessage[], id: string): readonly QueuedMessage[] {
  return queue.filter((queued) => queued.id !== id);
}

function isSamePlace(a: Attachment, b: Attachment): boolean {
  return a.kind === b.kind && a.uri === b.uri && a.path === b.path && isSameLines(a.lines, b.lines);
}

function isSameLines(a: Attachment['lines'], b: Attachment['lines']): boolean {
  return a?.first === b?.first && a?.last === b?.last;
}
