import type { OtherWindowEvent, Logger } from '../conversation/ports';
import { Emitter } from '../shared/emitter';
import type { FileSystem } from './fileSystem';
import type { LogRecord } from './logRecord';
import type { OtherWindows, Presence } from './presence';
import { compareRecords, isLog } from './readConversation';

export interface OtherWindowsWatcherDependencies {
  readonly presence: Presence;
  readonly fileSystem: FileSystem;
  readonly logger: Logger;
  /** This window's id. */
  readonly writer: string;
  readonly directoryOf: (conversationId: string) => string;
}

/** What other windows on the workspace do with the conversation that is shown here. */
export class OtherWindowsWatcher {
  readonly #deps: OtherWindowsWatcherDependencies;
  readonly #emitter = new Emitter<OtherWindowEvent>();
  #shown: string | null = null;
  #isOpen = false;
  /** By conversation: the others' logs, as they were when it was read. */
  readonly #read = new Map<string, string>();

  constructor(deps: OtherWindowsWatcherDependencies) {
    this.#deps = deps;
    deps.presence.onBeat((others) => void this.#beaten(others));
  }

  on(listener: (elsewhere: OtherWindowEvent) => void): () => void {
    return this.#emitter.on(listener);
  }

  /** Another conversation is shown here, or none. */
  show(conversationId: string | null): void {
    if (conversationId === this.#shown) return;
    this.#shown = conversationId;
    this.#tellOpen(false);
    this.#deps.presence.show(conversationId).catch((error: unknown) => {
      this.#deps.logger.warn(`Other windows do not see what is shown here: ${String(error)}`);
    });
  }

  /** Call before a conversation is read: what others write from now on is news. */
  async reading(conversationId: string): Promise<void> {
    this.#read.set(conversationId, await this.#signature(conversationId));
  }

  /** Of a conversation's answers, those that a living window is still writing. */
  async writing(records: readonly LogRecord[]): Promise<readonly string[]> {
    const unended = findUnendedAnswers(records);
    const isOurs = ({ w }: LogRecord): boolean => w === this.#deps.writer;
    if ([...unended.values()].every(isOurs)) return [];
    const living = await this.#deps.presence.look();
    const written = [...unended].filter(([, { w }]) => living.has(w)).map(([turnId]) => turnId);
    if (written.length > 0) this.#deps.presence.hurry(true);
    return written;
  }

  async #beaten(others: OtherWindows): Promise<void> {
    const id = this.#shown;
    this.#tellOpen(id !== null && [...others.values()].includes(id));
    if (id === null) return;
    try {
      const signature = await this.#signature(id);
      // What was never read was begun here, with nobody else's words in it.
      const before = this.#read.get(id) ?? '';
      if (before === signature || id !== this.#shown) return;
      this.#deps.presence.hurry(false);
      this.#emitter.emit({ kind: 'changed', conversationId: id });
    } catch (error) {
      this.#deps.logger.warn(`The logs of other windows cannot be seen: ${String(error)}`);
    }
  }

  #tellOpen(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#emitter.emit({ kind: 'open', isOpen });
  }

  /** Names and lengths of the logs of others, and which of them are still written. */
  async #signature(conversationId: string): Promise<string> {
    const { fileSystem, presence, writer, directoryOf } = this.#deps;
    const directory = directoryOf(conversationId);
    const logs = (await fileSystem.names(directory)).filter(
      (name) => isLog(name) && !name.startsWith(writer),
    );
    if (logs.length === 0) return '';
    const living = await presence.look();
    const parts: string[] = [];
    for (const name of logs.toSorted()) {
      const size = (await fileSystem.stat(`${directory}/${name}`))?.size ?? 0;
      parts.push(`${name} ${size} ${living.has(parseWriterId(name))}`);
    }
    return parts.join('\n');
  }
}

/** The id of the window that writes, or wrote, a log. */
export function parseWriterId(logName: string): string {
  return logName.split('.', 1)[0] ?? '';
}

/** By id of the answer: the record that began it, or let it go on, with no end after it. */
function findUnendedAnswers(records: readonly LogRecord[]): ReadonlyMap<string, LogRecord> {
  const unended = new Map<string, LogRecord>();
  for (const record of records.toSorted(compareRecords)) {
    if (record.k === 'turnStarted' && record.role === 'assistant') unended.set(record.id, record);
    if (record.k === 'turnContinued') unended.set(record.parent, record);
    if (record.k === 'turnEnded') unended.delete(record.parent);
  }
  return unended;
}
