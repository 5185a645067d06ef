import { setImmediate as afterOthers } from 'node:timers/promises';
import { Conversation } from '../conversation/conversation';
import type { Clock, ConversationStore, ConversationSummary, Logger } from '../conversation/ports';
import { loadMessageIndex } from './loadMessageIndex';
import type { MessageHit, MessageIndex } from './messageIndex';

export interface HistorySearchDependencies {
  readonly store: Pick<ConversationStore, 'open'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The host is never kept busy for longer than about this, in milliseconds. */
const sliceMs = 8;
/** What nobody searches is not worth its memory after this long. */
const idleMs = 10 * 60_000;

/**
 * Full-text search over all messages of the workspace. The index is built when it is first wanted,
 * and afterwards only what has changed is read.
 */
export class HistorySearch {
  readonly #deps: HistorySearchDependencies;
  #index: MessageIndex | undefined;
  /** By conversation in the index: how long its files were when they were read. */
  readonly #taken = new Map<string, number>();
  #updating: Promise<void> = Promise.resolve();
  #cancelIdle: (() => void) | undefined;

  constructor(deps: HistorySearchDependencies) {
    this.#deps = deps;
  }

  /**
   * Takes in what is new in these conversations, which are all there are; calls `onProgress` after
   * each that was read. Never rejects: what cannot be read is not found.
   */
  update(summaries: readonly ConversationSummary[], onProgress?: () => void): Promise<void> {
    this.#cancelIdle?.();
    this.#cancelIdle = this.#deps.clock.after(idleMs, () => this.dispose());
    this.#updating = this.#updating.then(() => this.#update(summaries, onProgress));
    return this.#updating;
  }

  /** The best message of each conversation in which all words of the query stand, best first. */
  find(query: string): readonly MessageHit[] {
    return query.trim() === '' ? [] : (this.#index?.find(query) ?? []);
  }

  /** Something in the conversation was deleted: not a word of it is kept. */
  forget(conversationId: string): void {
    this.#index?.remove(conversationId);
    this.#taken.delete(conversationId);
  }

  /** How many different words are held. */
  get wordCount(): number {
    return this.#index?.wordCount ?? 0;
  }

  /** Gives the memory back; a later `update` builds the index again. */
  dispose(): void {
    this.#cancelIdle?.();
    this.#index = undefined;
    this.#taken.clear();
  }

  async #update(
    summaries: readonly ConversationSummary[],
    onProgress: (() => void) | undefined,
  ): Promise<void> {
    const living = new Set(summaries.map(({ id }) => id));
    for (const id of this.#taken.keys()) if (!living.has(id)) this.forget(id);
    for (const { id, bytes } of summaries) {
      if (this.#taken.get(id) === bytes) continue;
      try {
        await this.#take(id, bytes);
      } catch (error) {
        this.#deps.logger.warn(`Conversation ${id} cannot be searched: ${String(error)}`);
      }
      onProgress?.();
    }
  }

  async #take(id: string, bytes: number): Promise<void> {
    const index = (this.#index ??= await loadMessageIndex());
    this.#taken.set(id, bytes);
    const isWanted = (): boolean => index === this.#index && this.#taken.has(id);
    const stored = await this.#deps.store.open(id);
    if (!isWanted()) return;
    const steps = index.update(id, stored ? new Conversation(id, stored.events).turns() : []);
    const { clock } = this.#deps;
    let began = clock.monotonicMs();
    while (!steps.next().done) {
      if (clock.monotonicMs() - began < sliceMs) continue;
      await afterOthers();
      // It was deleted, or nobody searches any more.
      if (!isWanted()) return;
      began = clock.monotonicMs();
    }
  }
}
