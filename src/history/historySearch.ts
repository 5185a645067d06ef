import { setImmediate as afterOthers } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import { Conversation } from '../conversation/conversation';
import type { ConversationStore, ConversationSummary, Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { Turn } from '../shared/turn';

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

/** A message that contains all words of a query. */
export interface MessageHit {
  readonly conversationId: string;
  readonly turnId: string;
  readonly role: Turn['role'];
  /** The name of the attachment, if the words are in it and not in the message. */
  readonly attachment?: string;
  /** The message or attachment, or the part of a long one that contains the words. */
  readonly text: string;
  /** The words as the message has them, in the form of {@link normalizeWord}. */
  readonly words: readonly string[];
}

type Piece = Omit<MessageHit, 'words'> & { readonly id: string };

/** In UTF-16 code units. Long messages are taken in pieces, so that none keeps the host busy. */
const pieceLength = 16_000;

/**
 * The words of all messages and attachments, in memory only, so that removed text is gone. The pieces are kept
 * as well, because the library needs a text again to remove it from its index.
 */
export class MessageIndex {
  readonly #search = new MiniSearch<Piece>({
    fields: ['text'],
    tokenize: splitWords,
    processTerm: normalizeWord,
  });
  readonly #pieces = new Map<string, Piece>();
  readonly #byConversation = new Map<string, ReadonlyMap<string, Piece>>();

  /** How many different words are held. */
  get wordCount(): number {
    return this.#search.termCount;
  }

  /**
   * Takes `turns` for all that the conversation says. What is known of it already is not read again.
   * Yields after each piece, so that the caller can let other work run in between.
   */
  *update(conversationId: string, turns: Iterable<Turn>): Generator<undefined> {
    const before = this.#byConversation.get(conversationId);
    const after = new Map<string, Piece>();
    for (const turn of turns) {
      for (const piece of splitTurn(conversationId, turn)) after.set(piece.id, piece);
    }
    this.#byConversation.set(conversationId, after);
    for (const piece of before?.values() ?? []) {
      if (after.get(piece.id)?.text === piece.text) continue;
      this.#remove(piece);
      yield;
    }
    for (const piece of after.values()) {
      if (this.#pieces.has(piece.id)) continue;
      this.#pieces.set(piece.id, piece);
      this.#search.add(piece);
      yield;
    }
  }

  /** Forgets a conversation, every word of it. */
  remove(conversationId: string): void {
    const pieces = this.#byConversation.get(conversationId);
    this.#byConversation.delete(conversationId);
    for (const piece of pieces?.values() ?? []) this.#remove(piece);
  }

  /** The best message of each conversation that has one, best first. */
  find(query: string): readonly MessageHit[] {
    const exact = this.#search.search(query, prefixSearch);
    const found = exact.length > 0 ? exact : this.#search.search(query, fuzzySearch);
    const hits = new Map<string, MessageHit>();
    for (const { id, terms } of found) {
      const piece = this.#pieces.get(String(id));
      if (!piece || hits.has(piece.conversationId)) continue;
      hits.set(piece.conversationId, { ...piece, words: terms });
    }
    return [...hits.values()];
  }

  #remove(piece: Piece): void {
    if (!this.#pieces.delete(piece.id)) return;
    this.#search.remove(piece);
  }
}

/** Fewer letters begin too many words. */
const minPrefixLength = 3;

/** A message ranks higher than the code that is attached to it. */
const attachmentWeight = 0.2;

/** All words must be present, also as the start of a longer word. */
const prefixSearch = {
  combineWith: 'AND',
  boostDocument: (id: unknown) => (isAttachment(id) ? attachmentWeight : 1),
  prefix: (word: string) => word.length >= minPrefixLength,
} as const;

/** For a query with a slip of the finger. */
const fuzzySearch = {
  ...prefixSearch,
  fuzzy: (word: string) => (word.length > 4 ? 0.2 : false),
} as const;

function splitTurn(conversationId: string, turn: Turn): Piece[] {
  const { id: turnId, role, text } = turn;
  const from = { conversationId, turnId, role };
  const pieces: Piece[] = splitText(text).map(({ start, part }) => {
    return { ...from, id: `${conversationId}/${turnId}/${start}`, text: part };
  });
  const attachments = turn.role === 'user' ? (turn.attachments ?? []) : [];
  for (const { id, label, path, text: attached } of attachments) {
    // Its name is found, too, and its folder.
    const name = path.endsWith(label) ? path : `${label} ${path}`;
    for (const { start, part } of splitText(`${name}\n${attached}`)) {
      const pieceId = `${conversationId}/${turnId}/${id}${attachmentMark}${start}`;
      pieces.push({ ...from, id: pieceId, attachment: label, text: part });
    }
  }
  return pieces;
}

/** In the id of a piece, which is all that the library tells of it while it counts. */
const attachmentMark = '#';

function isAttachment(id: unknown): boolean {
  return String(id).includes(attachmentMark);
}

function splitText(text: string): { readonly start: number; readonly part: string }[] {
  const parts = [];
  for (let start = 0; start < text.length; start += pieceLength) {
    parts.push({ start, part: text.slice(start, start + pieceLength) });
  }
  return parts;
}

/** Scripts that are written without spaces: there each character counts as a word. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const separators = /[\s\p{P}\p{S}]+/u;
const maxWordLength = 64;

/** The words of a text, as they are searched for. */
export function splitWords(text: string): string[] {
  return text
    .split(separators)
    .filter((word) => word !== '')
    .flatMap((word) => (unspaced.test(word) ? Array.from(word) : [word.slice(0, maxWordLength)]));
}

/** The form in which words are compared: accents and case do not count. */
export function normalizeWord(word: string): string {
  if (ascii.test(word)) return word.toLowerCase();
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

const ascii = /^[ -~]*$/u;
