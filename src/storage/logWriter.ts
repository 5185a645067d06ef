import type { Logger, NewId, StoreNotice } from '../conversation/ports';
import { type Clock, Throttle } from '../shared/clock';
import { defined } from '../shared/defined';
import type { ConversationEventOf } from '../shared/turn';
import {
  type AppendFile,
  delay,
  errorCode,
  type FileSystem,
  isLocked,
  replaceFile,
} from './fileSystem';
import { formatLine, type LogRecord, maxTextUnits, withoutContent } from './logRecord';

export interface LogWriterDependencies {
  readonly clock: Clock;
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The conversation's folder; created with the first record. */
  readonly directory: string;
  /** This window's id, which is the file's name. */
  readonly writer: string;
  /** Awaited before a file is created: other windows must be able to see that its writer lives. */
  readonly announce: () => Promise<void>;
  /** Called with the error when a record could not be written, and with undefined when all are written. */
  readonly onOutcome: (error: unknown) => void;
}

export interface Entry {
  /** With its whole text, as it is read back. */
  readonly record: LogRecord;
  /** Content too long for a line, as JSON. It is written first, and the line names the file. */
  readonly blob?: { readonly name: string; readonly content: string };
  /** Whether the bytes must have reached the disk, not only the operating system. */
  readonly sync: boolean;
}

const maxAttempts = 3;
/** Before the second attempt on a locked file; twice as long before the third. */
const lockedDelayMs = 200;
const newline = Uint8Array.of(0x0a);
/** After these the same file is used again; any other error may be caused by the file itself. */
const diskFullCodes = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Appends records to its own file, strictly in order. A record is written only when all its bytes are;
 * after an error it is written again as a whole, on a new line. What could not be written stays in memory and is
 * written first at the next append.
 */
export class LogWriter {
  readonly #deps: LogWriterDependencies;
  #unsaved: Entry[] = [];
  /** Written since the file was last known to have its name. */
  #unverified: Entry[] = [];
  #isVerifiable = false;
  #file: AppendFile | undefined;
  readonly #names: string[] = [];
  /** The file may end with a part of a record. */
  #torn = false;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: LogWriterDependencies) {
    this.#deps = deps;
  }

  /** Records that are only in memory, oldest first. */
  get unsaved(): readonly LogRecord[] {
    return this.#unsaved.map(({ record }) => record);
  }

  /** Resolves when the entry and all before it are written; rejects if they cannot be. */
  append(entry: Entry): Promise<void> {
    this.#unsaved.push(entry);
    return this.#enqueue(() => this.#writeUpTo(entry));
  }

  /** Resolves when all entries are written and synced, once. */
  appendAll(entries: readonly Entry[]): Promise<void> {
    const last = entries.at(-1);
    if (!last) return Promise.resolve();
    for (const entry of entries.slice(0, -1)) this.#unsaved.push(entry);
    return this.append({ ...last, sync: true });
  }

  /** Writes what could not be written before. */
  flush(): Promise<void> {
    return this.#enqueue(async () => {
      const last = this.#unsaved.at(-1);
      if (last) await this.#writeUpTo(last);
    });
  }

  async close(): Promise<void> {
    await this.#enqueue(() => this.#closeFile());
  }

  /** Closes the file; the next record creates another. Resolves with the names of all closed files. */
  async seal(): Promise<readonly string[]> {
    await this.close();
    return this.#names;
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(task);
    // The caller gets the error; the queue continues.
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #writeUpTo(entry: Entry): Promise<void> {
    for (let first = this.#unsaved[0]; first; first = this.#unsaved[0]) {
      await this.#writeWithRetry(first);
      this.#unverified.push(first);
      this.#unsaved.shift();
      const isVerified = !first.sync || (await this.#verifyOrRewrite());
      if (first === entry && isVerified) break;
    }
    this.#deps.onOutcome(undefined);
  }

  async #writeWithRetry(entry: Entry): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#write(entry);
        return;
      } catch (error) {
        if (attempt === maxAttempts) {
          await this.#leaveFile(error);
          this.#deps.onOutcome(error);
          throw error;
        }
        if (isLocked(error)) await delay(this.#deps.clock, lockedDelayMs * attempt);
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
   * The file may have been removed (its storage was cleared, or another window took this one for gone and merged
   * its logs). Everything written since it was last verified is then written again, into another file. Resolves
   * with whether the file is still there.
   */
  async #verifyOrRewrite(): Promise<boolean> {
    const removed = this.#file && this.#isVerifiable && !(await this.#isLinked(this.#file));
    if (removed) {
      this.#deps.logger.warn('A log was removed; its last records are written again.');
      this.#unsaved = [...this.#unverified, ...this.#unsaved];
      await this.#closeFile();
    }
    this.#unverified = [];
    return !removed;
  }

  async #isLinked(file: AppendFile): Promise<boolean> {
    try {
      return await file.linked();
    } catch (error) {
      this.#deps.logger.warn(`It is unknown whether a log still exists: ${String(error)}`);
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
    // Not every file system counts links.
    this.#isVerifiable = await this.#isLinked(file);
    return file;
  }

  async #writeBlob({ name, content }: NonNullable<Entry['blob']>) {
    const { fileSystem, newId, directory } = this.#deps;
    await replaceFile(fileSystem, newId, `${directory}/${name}`, Buffer.from(content));
  }

  /** A file that cannot be written is not used again: the next attempt creates another. */
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

/** Collects streamed text, so that it is written once a second instead of with each token. */
export class TextBatch {
  readonly #write: (events: readonly TextAppended[]) => void;
  readonly #throttle: Throttle;
  /** By turn and channel: two texts that grow at the same time stay in one piece each. */
  readonly #pending = new Map<string, TextAppended>();

  constructor(clock: Clock, write: (events: readonly TextAppended[]) => void) {
    this.#write = write;
    this.#throttle = new Throttle({
      clock,
      intervalMs,
      edge: 'trailing',
      run: () => this.#writePending(),
    });
  }

  add(event: TextAppended): void {
    const key = `${event.turnId} ${event.channel}`;
    const pending = this.#pending.get(key);
    if (pending && pending.at + pending.text.length !== event.at) this.flush();
    const before = this.#pending.get(key);
    this.#pending.set(key, before ? { ...before, text: before.text + event.text } : event);
    this.#throttle.request();
  }

  /** Writes everything that is pending, in pieces that fit a record. */
  flush(): void {
    this.#throttle.flush();
  }

  #writePending(): void {
    const events = [...this.#pending.values()].flatMap(splitText);
    this.#pending.clear();
    if (events.length > 0) this.#write(events);
  }
}

/** Pieces of streamed text that fit a record each. */
export function splitText(event: TextAppended): TextAppended[] {
  const parts: TextAppended[] = [];
  for (let start = 0; start < event.text.length; start += maxTextUnits) {
    const text = event.text.slice(start, start + maxTextUnits);
    parts.push({ ...event, at: event.at + start, text });
  }
  return parts;
}

export function toNotSavedNotice(error: unknown): StoreNotice {
  return defined({ kind: 'notSaved', message: getErrorMessage(error), code: errorCode(error) });
}

export function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
