import { setImmediate as afterOthers } from 'node:timers/promises';
import { Conversation } from '../conversation/conversation';
import type { Clock } from '../shared/clock';
import type { ConversationStore, ConversationSummary, Logger } from '../conversation/ports';
import { type MessageHit, MessageIndex, normalizeWord, splitWords } from './messageIndex';

export interface HistorySearchDependencies {
  readonly store: Pick<ConversationStore, 'open'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The host is never kept busy for longer than about this, in milliseconds. */
const sliceMs = 8;
/** The index is dropped if it is not used for this long. */
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

  /** The best message of each conversation that contains all words of the query, best first. */
  find(query: string): readonly MessageHit[] {
    return query.trim() === '' ? [] : (this.#index?.find(query) ?? []);
  }

  /** Something in the conversation was deleted: removes its text. */
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
        // The next update tries again.
        this.#taken.delete(id);
        this.#deps.logger.warn(`Conversation ${id} cannot be searched: ${String(error)}`);
      }
      onProgress?.();
    }
  }

  async #take(id: string, bytes: number): Promise<void> {
    const index = (this.#index ??= new MessageIndex());
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
      // It was deleted, or the search is over.
      if (!isWanted()) return;
      began = clock.monotonicMs();
    }
  }
}

/** The offsets of the first of the normalized `words` in a text, in UTF-16 code units. */
export function findWord(
  text: string,
  words: readonly string[],
): { readonly start: number; readonly end: number } | undefined {
  const wanted = new Set(words);
  for (const { 0: run, index } of text.matchAll(/[^\s\p{P}\p{S}]+/gu)) {
    let start = index;
    for (const word of splitWords(run)) {
      if (wanted.has(normalizeWord(word))) return { start, end: start + word.length };
      start += word.length;
    }
  }
  return undefined;
}

export interface Snippet {
  /** The words around the place, on one line. */
  readonly line: string;
  /** The exact text at the place. */
  readonly found: string;
}

/** In UTF-16 code units. */
const before = 40;
const after = 160;

/** Where a message has what was sought: the query as it was typed, or else one of its words. */
export function createSnippet({ text, words }: MessageHit, query: string): Snippet {
  const place = findQuery(text, query) ?? findWord(text, words) ?? { start: 0, end: 0 };
  const from = findWordStart(text, Math.max(0, place.start - before), place.start);
  const to = Math.min(text.length, place.end + after);
  const line = text.slice(from, to).replace(/\s+/gu, ' ').trim();
  return {
    line: `${from > 0 ? '…' : ''}${line}${to < text.length ? '…' : ''}`,
    found: text.slice(place.start, place.end),
  };
}

function findQuery(
  text: string,
  query: string,
): { readonly start: number; readonly end: number } | undefined {
  const words = query.trim();
  if (words === '') return undefined;
  const literal = words.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  const match = new RegExp(literal.replace(/\s+/gu, String.raw`\s+`), 'iu').exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : undefined;
}

/** The offset after the word around `from`, if there is a gap before `end`. */
function findWordStart(text: string, from: number, end: number): number {
  if (from === 0) return 0;
  const gap = /\s/u.exec(text.slice(from, end));
  return gap ? from + gap.index + 1 : from;
}
