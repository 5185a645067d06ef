import * as v from 'valibot';
import { Conversation } from '../conversation/conversation';
import type { Logger, NewId } from '../conversation/ports';
import { createTitle, toTitle } from '../conversation/prompt';
import type { ConversationEvent } from '../shared/turn';
import { conversationIdSchema, summarySchema } from './checkpoint';
import { compactRecords, needsCompaction } from './compaction';
import { type FileSystem, replaceFile } from './fileSystem';
import type { LogRecord } from './logRecord';
import { isLog, orderEvents, readConversation } from './readConversation';

const entrySchema = v.object({
  ...summarySchema.entries,
  /** When the user last sent a message; milliseconds since 1970. */
  lastSent: v.pipe(v.number(), v.finite()),
  pinned: v.optional(v.boolean(), false),
  deleted: v.boolean(),
  /** The logs hold deleted text, or much that is not needed. */
  untidy: v.boolean(),
  /** The size of all its files together: if it differs, the entry is outdated. */
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type IndexEntry = v.InferOutput<typeof entrySchema>;

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ v: v.literal(1), conversations: v.array(entrySchema) }),
);

/** How many conversations are read at a time. */
const maxConcurrent = 8;

export interface ConversationIndexDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly directory: string;
}

/**
 * The list of conversations. It has nothing that the logs do not have: `index.json` only saves reading them, and
 * is rebuilt from them if it is missing, damaged or outdated.
 */
export class ConversationIndex {
  readonly #deps: ConversationIndexDependencies;
  readonly #entries = new Map<string, IndexEntry>();
  #loaded = false;
  #changed = false;

  constructor(deps: ConversationIndexDependencies) {
    this.#deps = deps;
  }

  /** Conversations whose logs should be compacted, including deleted ones. */
  listNeedingCompaction(): readonly IndexEntry[] {
    return [...this.#entries.values()].filter(({ untidy }) => untidy);
  }

  isDeleted(id: string): boolean {
    return this.#entries.get(id)?.deleted ?? false;
  }

  /** Last used first. */
  list(): readonly IndexEntry[] {
    return [...this.#entries.values()]
      .filter(({ deleted }) => !deleted)
      .sort((a, b) => b.updatedAt - a.updatedAt);
  }

  /** Adds an event of this window at once; `scan` finds those of other windows and of earlier ones. */
  addEvent(id: string, event: ConversationEvent, t: number): void {
    const before = this.#entries.get(id) ?? createEmptyEntry(id);
    const after = { ...before };
    if (isActivity(event.kind)) after.updatedAt = Math.max(before.updatedAt, t);
    if (event.kind === 'turnStarted' && event.turn.role === 'user') {
      after.lastSent = Math.max(after.lastSent, t);
      if (after.title === '') after.title = createTitle(event.turn.text);
    }
    if (event.kind === 'renamed') after.title = toTitle(event.title);
    if (event.kind === 'pinned') after.pinned = event.pinned;
    if (event.kind === 'deleted') Object.assign(after, { deleted: true, title: '' });
    this.#entries.set(id, after);
  }

  /** Reads the conversations whose files have changed. Rejects if the folder cannot be listed. */
  async scan(): Promise<void> {
    await this.#load();
    const names = await this.#deps.fileSystem.names(this.#conversations);
    const ids = names.filter((name) => v.is(conversationIdSchema, name)).values();
    const refreshNext = async (): Promise<void> => {
      for (const id of ids) await this.#tryRefresh(id);
    };
    await Promise.all(Array.from({ length: maxConcurrent }, refreshNext));
  }

  /** Writes `index.json` if it is outdated. */
  async save(): Promise<void> {
    await this.scan();
    if (!this.#changed) return;
    const { fileSystem, newId } = this.#deps;
    // Conversations that are only in memory are left out.
    const conversations = [...this.#entries.values()].filter(({ bytes }) => bytes > 0);
    const text = JSON.stringify({ v: 1, conversations });
    await replaceFile(fileSystem, newId, this.#file, Buffer.from(text));
    this.#changed = false;
  }

  async #load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    const bytes = await this.#readFile();
    const parsed = v.safeParse(fileSchema, bytes && Buffer.from(bytes).toString());
    this.#changed = !parsed.success;
    if (!parsed.success) return;
    for (const entry of parsed.output.conversations) this.#entries.set(entry.id, entry);
  }

  async #tryRefresh(id: string): Promise<void> {
    try {
      await this.#refresh(id);
    } catch (error) {
      this.#deps.logger.error(`Conversation ${id} could not be indexed: ${String(error)}`);
    }
  }

  /** The logs have everything that the index has, so it may be missing. */
  async #readFile(): Promise<Uint8Array | undefined> {
    try {
      return await this.#deps.fileSystem.read(this.#file);
    } catch (error) {
      this.#deps.logger.warn(`The index could not be read: ${String(error)}`);
      return undefined;
    }
  }

  async #refresh(id: string): Promise<void> {
    const { fileSystem, newId, logger } = this.#deps;
    const directory = `${this.#conversations}/${id}`;
    const names = await fileSystem.names(directory);
    let bytes = 0;
    for (const name of names) {
      bytes += (await fileSystem.stat(`${directory}/${name}`))?.size ?? 0;
    }
    const known = this.#entries.get(id);
    if (known?.bytes === bytes) return;
    const { records, isComplete } = await readConversation(fileSystem, logger, directory);
    if (!isComplete) {
      // The entry keeps what it has, and its outdated size makes the next scan read the conversation again.
      if (!known) this.#entries.set(id, createEntry(id, records));
      return;
    }
    const compacted = compactRecords(id, records, records, newId);
    const untidy = needsCompaction(compacted, records.length, names.filter(isLog).length);
    const entry = createEntry(id, records, this.#entries.get(id));
    this.#entries.set(id, { ...entry, bytes, untidy });
    this.#changed = true;
  }

  get #conversations(): string {
    return `${this.#deps.directory}/conversations`;
  }

  get #file(): string {
    return `${this.#deps.directory}/index.json`;
  }
}

function createEmptyEntry(id: string): IndexEntry {
  const state = { deleted: false, untidy: false, pinned: false };
  return { id, title: '', updatedAt: 0, lastSent: 0, ...state, bytes: 0 };
}

/** A new title or place in the list does not change when a conversation was last used. */
function isActivity(kind: LogRecord['k']): boolean {
  return kind !== 'renamed' && kind !== 'pinned' && kind !== 'forgotten';
}

/** From the logs, and from what this window knows beyond them. */
function createEntry(
  id: string,
  records: readonly LogRecord[],
  known: IndexEntry = createEmptyEntry(id),
): IndexEntry {
  const { title, pinned } = new Conversation(id, orderEvents(records));
  const entry = { ...known, ...(records.length > 0 ? { title, pinned } : {}) };
  for (const record of records) {
    if (isActivity(record.k)) entry.updatedAt = Math.max(entry.updatedAt, record.t);
    if (record.k === 'deleted') Object.assign(entry, { deleted: true, title: '' });
    if (record.k === 'turnStarted' && record.role === 'user') {
      entry.lastSent = Math.max(entry.lastSent, record.t);
    }
  }
  return entry;
}
