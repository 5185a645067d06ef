import type { NewId } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { ConversationEvent } from '../shared/conversationEvents';
import type { UserTurn } from '../shared/turn';
import { type LogRecord, maxTextUnits, createRecord, getMessageContent } from './logRecord';
import { type Entry, LogWriter, type LogWriterDependencies, TextBatch } from './logWriter';

export interface ConversationLogDependencies extends LogWriterDependencies {
  readonly clock: Clock;
  /**
   * Events that only the checkpoint still had. They are written before the first event of our own,
   * which hangs on them.
   */
  readonly rescued: readonly ConversationEvent[];
}

/** One conversation's log as this window writes it: events in, records out. */
export class ConversationLog {
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #writer: LogWriter;
  readonly #writerId: string;
  readonly #batch: TextBatch;
  #rescued: readonly ConversationEvent[];
  #count = 0;
  /** No record of ours is older than what we have seen: clocks can go back. */
  #earliest = 0;

  constructor(deps: ConversationLogDependencies) {
    this.#clock = deps.clock;
    this.#newId = deps.newId;
    this.#writer = new LogWriter(deps);
    this.#writerId = deps.writer;
    this.#rescued = deps.rescued;
    this.#batch = new TextBatch(deps.clock, (events) => {
      for (const event of events) this.#appendUnheard(event, this.#now());
    });
  }

  /**
   * Streamed text resolves at once and is written within a second; anything else resolves when it,
   * and all before it, are written.
   */
  append(event: ConversationEvent): Promise<void> {
    this.#appendRescued();
    if (event.kind === 'textAppended') {
      this.#batch.add(event);
      return Promise.resolve();
    }
    this.#batch.flush();
    return this.#writer.append(this.#entry(event, this.#now()));
  }

  /** A record of this time has been read; what is written from now on is later. */
  sawTime(t: number): void {
    this.#earliest = Math.max(this.#earliest, t + 1);
  }

  /** Resolves when everything that was appended is written. */
  async flush(): Promise<void> {
    this.#batch.flush();
    await this.#writer.flush();
  }

  /** What is not in the file: of interest to whoever reads the conversation back meanwhile. */
  get unsaved(): readonly LogRecord[] {
    return this.#writer.unsaved;
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  /** Ends the file, so that it can be merged. Resolves with the names of our files that are ended. */
  seal(): Promise<readonly string[]> {
    return this.#writer.seal();
  }

  #now(): number {
    this.#earliest = Math.max(this.#earliest, this.#clock.wallMs());
    return this.#earliest;
  }

  #appendRescued(): void {
    let t = 0;
    for (const event of this.#rescued) {
      if (event.kind === 'turnStarted') t = event.turn.createdAt;
      this.#appendUnheard(event, t);
    }
    this.#rescued = [];
  }

  /** Nobody waits for this one; a failure is told by `onOutcome`, and it is tried again. */
  #appendUnheard(event: ConversationEvent, t: number): void {
    this.#writer.append(this.#entry(event, t)).catch(() => undefined);
  }

  #entry(event: ConversationEvent, t: number): Entry {
    const stamp = { id: this.#newId(), w: this.#writerId, n: this.#count, t };
    this.#count += 1;
    const entry = { record: createRecord(event, stamp), sync: mustReachDisk(event) };
    if (event.kind !== 'turnStarted' || event.turn.role !== 'user') return entry;
    const content = blobContent(event.turn);
    return content.length > maxTextUnits
      ? { ...entry, blob: { name: `${this.#newId()}.blob`, content } }
      : entry;
  }
}

/** As JSON, because UTF-8 alone would lose half a surrogate pair. */
function blobContent(turn: UserTurn): string {
  return JSON.stringify(turn.attachments === undefined ? turn.text : getMessageContent(turn));
}

function mustReachDisk(event: ConversationEvent): boolean {
  switch (event.kind) {
    case 'turnStarted':
      return event.turn.role === 'user';
    case 'turnEnded':
    case 'turnDeleted':
    case 'deleted':
      return true;
    case 'textAppended':
    case 'turnContinued':
    case 'branchSelected':
    case 'forgotten':
    case 'renamed':
    case 'pinned':
      return false;
  }
}
