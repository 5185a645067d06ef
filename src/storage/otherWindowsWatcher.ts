import { Emitter } from '../shared/emitter';
import type { OtherWindowEvent, Logger } from '../conversation/ports';
import type { FileSystem } from './fileSystem';
import type { LogRecord } from './logRecord';
import type { LivingWindows, Presence } from './presence';
import { compareRecords, isLog } from './readConversation';

export interface OtherWindowsWatcherDependencies {
  readonly presence: Presence;
  readonly fileSystem: FileSystem;
  readonly logger: Logger;
  /** This window's id. */
  readonly writer: string;
  readonly getDirectory: (conversationId: string) => string;
}

/** Watches what other windows on the workspace do with the conversation that is shown here. */
export class OtherWindowsWatcher {
  readonly #deps: OtherWindowsWatcherDependencies;
  readonly #emitter: Emitter<OtherWindowEvent>;
  #shownId: string | null = null;
  #isOpenElsewhere = false;
  /** The state of the other windows' logs when a conversation was last read, by conversation. */
  readonly #signatures = new Map<string, string>();

  constructor(deps: OtherWindowsWatcherDependencies) {
    this.#deps = deps;
    this.#emitter = new Emitter(deps.logger);
    deps.presence.onBeat((others) => void this.#onBeat(others));
  }

  on(listener: (elsewhere: OtherWindowEvent) => void): () => void {
    return this.#emitter.on(listener);
  }

  /** Sets the conversation that is shown here; null if there is none. */
  setShownConversation(conversationId: string | null): void {
    if (conversationId === this.#shownId) return;
    this.#shownId = conversationId;
    this.#setOpenElsewhere(false);
    this.#deps.presence.setShownConversation(conversationId).catch((error: unknown) => {
      this.#deps.logger.warn(`Other windows cannot see what is shown here: ${String(error)}`);
    });
  }

  /** To be called before a conversation is read: what others write from then on is a change. Never rejects. */
  async beforeReading(conversationId: string): Promise<void> {
    try {
      this.#signatures.set(conversationId, await this.#getSignature(conversationId));
    } catch (error) {
      // The next signature will differ, so the conversation is read again.
      this.#signatures.set(conversationId, unknownSignature);
      this.#warn(error);
    }
  }

  /**
   * Ids of a conversation's answers that another living window is still writing. If the other windows' files or
   * all of the conversation (`isComplete`) cannot be read, these windows are assumed to live, and the conversation
   * is read again at the next beat.
   */
  async findAnswersInProgress(
    conversationId: string,
    records: readonly LogRecord[],
    isComplete: boolean,
  ): Promise<readonly string[]> {
    if (!isComplete) this.#signatures.set(conversationId, unknownSignature);
    const foreign = [...findUnendedAnswers(records)].filter(([, { w }]) => w !== this.#deps.writer);
    if (foreign.length === 0) return [];
    const isLiving = isComplete ? await this.#findLiving(conversationId) : () => true;
    const inProgress = foreign.filter(([, { w }]) => isLiving(w)).map(([turnId]) => turnId);
    if (inProgress.length > 0) this.#deps.presence.setFastBeat(true);
    return inProgress;
  }

  async #findLiving(conversationId: string): Promise<(writer: string) => boolean> {
    try {
      const living = await this.#deps.presence.findLivingWindows();
      return (writer) => living.has(writer);
    } catch (error) {
      this.#warn(error);
      this.#signatures.set(conversationId, unknownSignature);
      return () => true;
    }
  }

  async #onBeat(others: LivingWindows): Promise<void> {
    const id = this.#shownId;
    this.#setOpenElsewhere(id !== null && [...others.values()].includes(id));
    if (id === null) return;
    try {
      const signature = await this.#getSignature(id);
      // A conversation that was never read was begun here, and others have written nothing in it.
      const before = this.#signatures.get(id) ?? '';
      if (before === signature || id !== this.#shownId) return;
      this.#deps.presence.setFastBeat(false);
      this.#emitter.emit({ kind: 'changed', conversationId: id });
    } catch (error) {
      this.#warn(error);
    }
  }

  #setOpenElsewhere(isOpen: boolean): void {
    if (isOpen === this.#isOpenElsewhere) return;
    this.#isOpenElsewhere = isOpen;
    this.#emitter.emit({ kind: 'open', isOpen });
  }

  /** Names and sizes of the other windows' logs, and whether those windows live. */
  async #getSignature(conversationId: string): Promise<string> {
    const { fileSystem, presence, writer, getDirectory } = this.#deps;
    const directory = getDirectory(conversationId);
    const logs = (await fileSystem.names(directory)).filter(
      (name) => isLog(name) && !name.startsWith(writer),
    );
    if (logs.length === 0) return '';
    const living = await presence.findLivingWindows();
    const parts: string[] = [];
    for (const name of logs.toSorted()) {
      const size = (await fileSystem.stat(`${directory}/${name}`))?.size ?? 0;
      parts.push(`${name} ${size} ${living.has(parseWriterId(name))}`);
    }
    return parts.join('\n');
  }

  #warn(error: unknown): void {
    this.#deps.logger.warn(`The other windows' files cannot be read: ${String(error)}`);
  }
}

const unknownSignature = '?';

/** The id of the window that writes, or wrote, a log. */
export function parseWriterId(logName: string): string {
  return logName.split('.', 1)[0] ?? '';
}

/** By answer id: the record that started or continued it, if no end follows. */
function findUnendedAnswers(records: readonly LogRecord[]): ReadonlyMap<string, LogRecord> {
  const unended = new Map<string, LogRecord>();
  for (const record of records.toSorted(compareRecords)) {
    if (record.k === 'turnStarted' && record.role === 'assistant') unended.set(record.id, record);
    if (record.k === 'turnContinued') unended.set(record.parent, record);
    if (record.k === 'turnEnded') unended.delete(record.parent);
  }
  return unended;
}
