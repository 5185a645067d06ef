import type { Logger, NewId, StoreNotice } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { ConversationEventOf } from '../shared/conversationEvents';
import { type AppendFile, errorCode, type FileSystem, replaceFile } from './fileSystem';
import { formatLine, type LogRecord, maxTextUnits, withoutContent } from './logRecord';

export interface LogWriterDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The conversation's folder; made at the first record. */
  readonly directory: string;
  /** The window's id, which becomes the file's name. */
  readonly writer: string;
  /** Awaited before a file is made: others must be able to see that its writer lives. */
  readonly announce: () => Promise<void>;
  /** Told the error when a record could not be written, and undefined when all is written. */
  readonly onOutcome: (error: unknown) => void;
}

export interface Entry {
  /** As it is read back: with its whole text. */
  readonly record: LogRecord;
  /** What is too long for a line, as JSON: it is written first, and the line names it. */
  readonly blob?: { readonly name: string; readonly content: string };
  /** Whether the bytes must have reached the disk, and not only the system. */
  readonly sync: boolean;
}

const maxAttempts = 3;
const newline = Uint8Array.of(0x0a);
/** More room comes back by itself; any other error may be the file's own. */
const diskFullCodes = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Adds records to a file of its own, strictly in order. A record counts only when all its bytes
 * were taken; after an error it is written again as a whole, on a new line. What could not be
 * written stays in memory and goes first at the next append.
 */
export class LogWriter {
  readonly #deps: LogWriterDependencies;
  #unsaved: Entry[] = [];
  /** Written since the file was last seen to have its name. */
  #unproven: Entry[] = [];
  #provable = false;
  #file: AppendFile | undefined;
  readonly #names: string[] = [];
  /** The file may end in a part of a record. */
  #torn = false;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: LogWriterDependencies) {
    this.#deps = deps;
  }

  /** Records that are in memory only, oldest first. */
  get unsaved(): readonly LogRecord[] {
    return this.#unsaved.map(({ record }) => record);
  }

  /** Resolves when the entry, and all before it, are written; rejects when they cannot be. */
  append(entry: Entry): Promise<void> {
    this.#unsaved.push(entry);
    return this.#enqueue(() => this.#writeUpTo(entry));
  }

  /** Tries again what could not be written. */
  flush(): Promise<void> {
    return this.#enqueue(async () => {
      const last = this.#unsaved.at(-1);
      if (last) await this.#writeUpTo(last);
    });
  }

  async close(): Promise<void> {
    await this.#enqueue(() => this.#closeFile());
  }

  /** Ends the file; the next record begins another. Resolves with the names that are ended. */
  async seal(): Promise<readonly string[]> {
    await this.close();
    return this.#names;
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(task);
    // The caller hears of a failure; the queue goes on.
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #writeUpTo(entry: Entry): Promise<void> {
    for (let first = this.#unsaved[0]; first; first = this.#unsaved[0]) {
      await this.#writeWithRetry(first);
      this.#unproven.push(first);
      this.#unsaved.shift();
      const proven = !first.sync || (await this.#proveOrTakeBack());
      if (first === entry && proven) break;
    }
    this.#deps.onOutcome(undefined);
  }

  async #writeWithRetry(entry: Entry): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#write(entry);
        return;
      } catch (error) {
        if (attempt < maxAttempts) continue;
        await this.#leaveFile(error);
        this.#deps.onOutcome(error);
        throw error;
      }
    }
  }

  async #write({ record, blob, sync }: Entry): Promise<void> {
    this.#file ??= await this.#createFile();
    if (blob) await this.#writeBlob(blob);
    const line = formatLine(blob ? withBlob(record, blob.name) : record);
    const bytes = this.#torn ? Buffer.concat([newline, line]) : line;
    this.#torn = true;
    const written = await this.#file.write(bytes);
    if (written !== bytes.length) {
      throw new Error(`Only ${written} of ${bytes.length} bytes were written.`);
    }
    if (sync) await this.#file.sync();
    this.#torn = false;
  }

  /**
   * Somebody may have removed the file (its storage was cleared, or another window took this one
   * for gone and merged its logs). What was written since it was last seen is then to be written
   * again, into another file. Resolves with whether all is well.
   */
  async #proveOrTakeBack(): Promise<boolean> {
    const removed = this.#file && this.#provable && !(await this.#isLinked(this.#file));
    if (removed) {
      this.#deps.logger.warn('A log was removed; its last records are written again.');
      this.#unsaved = [...this.#unproven, ...this.#unsaved];
      await this.#closeFile();
    }
    this.#unproven = [];
    return !removed;
  }

  async #isLinked(file: AppendFile): Promise<boolean> {
    try {
      return await file.linked();
    } catch (error) {
      this.#deps.logger.warn(`Whether a log is still there is not known: ${String(error)}`);
      return true;
    }
  }

  async #createFile(): Promise<AppendFile> {
    const { fileSystem, directory, writer, announce } = this.#deps;
    await announce();
    await fileSystem.makeDirectory(directory);
    const number = this.#names.length === 0 ? '' : `.${this.#names.length + 1}`;
    const name = `${writer}${number}.jsonl`;
    this.#names.push(name);
    const file = await fileSystem.create(`${directory}/${name}`);
    this.#torn = false;
    // Not every file system counts names.
    this.#provable = await this.#isLinked(file);
    return file;
  }

  async #writeBlob({ name, content }: NonNullable<Entry['blob']>) {
    const { fileSystem, newId, directory } = this.#deps;
    await replaceFile(fileSystem, newId, `${directory}/${name}`, Buffer.from(content));
  }

  /** A file that cannot be written is never opened again: the next attempt begins another. */
  async #leaveFile(error: unknown): Promise<void> {
    if (!diskFullCodes.has(errorCode(error) ?? '')) await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.close();
    } catch (error) {
      this.#deps.logger.warn(`A log could not be closed: ${String(error)}`);
    }
  }
}

function withBlob(record: LogRecord, blob: string): LogRecord {
  if (record.k !== 'turnStarted' || record.role !== 'user') return record;
  return { ...withoutContent(record), blob };
}

type TextAppended = ConversationEventOf<'textAppended'>;

const intervalMs = 1000;

/**
 * Collects streamed text, so that it is written once a second and not once a token. The text is
 * never more than a second old when it is handed on.
 */
export class TextBatch {
  readonly #clock: Clock;
  readonly #write: (events: readonly TextAppended[]) => void;
  /** By turn and channel: two texts that grow at the same time do not break each other up. */
  readonly #waiting = new Map<string, TextAppended>();
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, write: (events: readonly TextAppended[]) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  add(event: TextAppended): void {
    const key = `${event.turnId} ${event.channel}`;
    const waiting = this.#waiting.get(key);
    if (waiting && waiting.at + waiting.text.length !== event.at) this.flush();
    const before = this.#waiting.get(key);
    this.#waiting.set(key, before ? { ...before, text: before.text + event.text } : event);
    this.#cancelTimer ??= this.#clock.after(intervalMs, () => this.flush());
  }

  /** Hands on everything that waits, in pieces that fit a record. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const events = [...this.#waiting.values()].flatMap(splitEvent);
    this.#waiting.clear();
    if (events.length > 0) this.#write(events);
  }
}

function splitEvent(event: TextAppended): TextAppended[] {
  const parts: TextAppended[] = [];
  for (let start = 0; start < event.text.length; start += maxTextUnits) {
    const text = event.text.slice(start, start + maxTextUnits);
    parts.push({ ...event, at: event.at + start, text });
  }
  return parts;
}

/** What is said of a record that could not be written. */
export function toNotSavedNotice(error: unknown): StoreNotice {
  const code = errorCode(error);
  return {
    kind: 'notSaved',
    message: getErrorMessage(error),
    ...(code === undefined ? {} : { code }),
  };
}

export function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
