import type { FileSystem } from './fileSystem';
import { type LogLines, type MessageContent, parseLog } from './logRecord';

interface CachedLog {
  /** The size of the file when it was read, and of its complete lines; bytes. */
  size: number;
  completeSize: number;
  readonly complete: { readonly records: Mutable<LogLines['records']>; readonly damaged: Damaged };
  /** After the last newline: a line that is still being written, or was torn. */
  tail: LogLines;
}
type Mutable<T extends readonly unknown[]> = T[number][];
type Damaged = Mutable<LogLines['damaged']>;

/**
 * What was read of the conversation that was read last. Logs only grow and blobs never change, so a conversation
 * that another window is writing is read again at the cost of what was added.
 */
export class LogCache {
  /** By file name: the long messages that were read. */
  readonly blobs = new Map<string, MessageContent>();
  readonly #logs = new Map<string, CachedLog>();
  #directory = '';

  clear(): void {
    this.#logs.clear();
    this.blobs.clear();
  }

  /** All lines of a log. Undefined if the file does not exist; rejects if it cannot be read. */
  async readLog(
    fileSystem: FileSystem,
    directory: string,
    name: string,
  ): Promise<LogLines | undefined> {
    if (directory !== this.#directory) this.clear();
    this.#directory = directory;
    const file = `${directory}/${name}`;
    const known = this.#logs.get(name);
    const size = known && (await fileSystem.stat(file))?.size;
    // A file that has become shorter is another one.
    if (known && size !== undefined && size >= known.size) {
      if (size === known.size) return joinLines(known);
      const from = known.completeSize;
      const added = await fileSystem.readFrom(file, from);
      // It may have been read twice at the same time.
      if (added && known.completeSize === from) return joinLines(addLines(known, added));
    }
    this.#logs.delete(name);
    const bytes = await fileSystem.read(file);
    if (!bytes) return undefined;
    const complete = { records: [], damaged: [] };
    const log = addLines(
      { size: 0, completeSize: 0, complete, tail: { records: [], damaged: [] } },
      bytes,
    );
    if (directory === this.#directory) this.#logs.set(name, log);
    return joinLines(log);
  }
}

/** @param bytes what follows the complete lines that are known */
function addLines(log: CachedLog, bytes: Uint8Array): CachedLog {
  const completeLength = bytes.lastIndexOf(0x0a) + 1;
  const added = parseLog(bytes.subarray(0, completeLength));
  for (const record of added.records) log.complete.records.push(record);
  for (const line of added.damaged) log.complete.damaged.push(line);
  log.tail = parseLog(bytes.subarray(completeLength));
  log.size = log.completeSize + bytes.length;
  log.completeSize += completeLength;
  return log;
}

function joinLines({ complete, tail }: CachedLog): LogLines {
  return {
    records: [...complete.records, ...tail.records],
    damaged: [...complete.damaged, ...tail.damaged],
  };
}
