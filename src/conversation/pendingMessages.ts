import { maxAttachments, type Attachment } from '../shared/attachment';
import type { PendingState, QueuedMessage } from '../shared/composerState';
import { Emitter } from '../shared/emitter';
import type { NewId } from './ports';
import type { ConversationSession, DraftMessage, SendResult } from './session';

export interface PendingMessagesDependencies {
  readonly newId: NewId;
  /** The conversation that is shown. */
  readonly current: () => ConversationSession;
  /** Keeps what is not sent over the window's end. */
  readonly save: (state: PendingState) => void;
}

/**
 * What goes with the message that is being written, and the messages that wait until an answer has
 * ended. A message waits in its own conversation, also while another one is shown; after an answer that
 * failed or was stopped it is held until the person says so.
 */
export class PendingMessages {
  readonly #deps: PendingMessagesDependencies;
  readonly #changed = new Emitter<undefined>();
  #attachments: readonly Attachment[] = [];
  #queue: readonly QueuedMessage[] = [];

  constructor(deps: PendingMessagesDependencies) {
    this.#deps = deps;
  }

  /** Of the message that is being written. */
  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  /** What waits in the conversation that is shown, in the order in which it is sent. */
  get queue(): readonly QueuedMessage[] {
    return this.#getQueue(this.#deps.current().conversation.id);
  }

  /** Called when any of it is another; the returned function unsubscribes. */
  onChanged(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  hasQueued(conversationId: string): boolean {
    return this.#getQueue(conversationId).length > 0;
  }

  /** What was there before the window was opened goes before what came meanwhile. */
  restore({ attachments, queue }: PendingState): void {
    if (attachments.length + queue.length === 0) return;
    this.#set(
      [...attachments, ...this.#attachments].slice(0, maxAttachments),
      // What they waited for ended with the window.
      [...queue.map(hold), ...this.#queue],
    );
  }

  /** Adds one, in place of what was attached from the same place. False: there is no more room. */
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

  /** Says `text` with what is attached, or lets it wait while an answer runs. */
  send(text: string): SendResult | 'queued' {
    const session = this.#deps.current();
    const message: DraftMessage = { text, attachments: this.#attachments };
    if (session.running && text.trim() !== '') {
      const conversationId = session.conversation.id;
      const queued = { id: this.#deps.newId(), conversationId, text, isHeld: false };
      this.#set([], [...this.#queue, { ...queued, attachments: [...message.attachments] }]);
      return 'queued';
    }
    const sent = session.send(text, message.attachments);
    if (sent === 'sent' && message.attachments.length > 0) this.#set([], this.#queue);
    return sent;
  }

  /** Takes a waiting message back into the composer; gives its text. */
  edit(id: string): string | undefined {
    const message = this.#queue.find((queued) => queued.id === id);
    if (!message) return undefined;
    const attachments = [...message.attachments, ...this.#attachments].slice(0, maxAttachments);
    this.#set(attachments, without(this.#queue, id));
    return message.text;
  }

  remove(id: string): void {
    this.#set(this.#attachments, without(this.#queue, id));
  }

  /** Sends a waiting message before the others; an answer that runs is stopped. */
  sendNow(id: string): void {
    const message = this.queue.find((queued) => queued.id === id);
    if (!message) return;
    const session = this.#deps.current();
    session.stop();
    this.#sendQueued(session, message);
  }

  /** An answer has ended: what waits behind it is sent if it ended well, and is held otherwise. */
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
    // Whoever else hears of the end hears of it before the next message.
    void Promise.resolve().then(() => {
      const next = this.#getQueue(id).find(({ isHeld }) => !isHeld);
      if (next && !session.running) this.#sendQueued(session, next);
    });
  }

  /** The conversation is gone. */
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
