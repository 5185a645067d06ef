import type { NewId } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { ConversationEvent, UserTurn } from '../shared/turn';
import { createRecord, getMessageContent, type LogRecord, maxTextUnits } from './logRecord';
import {
  type Entry,
  LogWriter,
  type LogWriterDependencies,
  splitText,
  TextBatch,
} from './logWriter';

export interface ConversationLogDependencies extends LogWriterDependencies {
  readonly clock: Clock;
  /** Events that only the checkpoint had. They are written before the first new event, which refers to them. */
  readonly restoredEvents: readonly ConversationEvent[];
}

/** One conversation's log as this window writes it: turns events into records. */
export class ConversationLog {
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #writer: LogWriter;
  readonly #writerId: string;
  readonly #batch: TextBatch;
  #restoredEvents: readonly ConversationEvent[];
  #count = 0;
  /** No record of this window is older than one that it has read: clocks can go back. */
  #earliest = 0;

  constructor(deps: ConversationLogDependencies) {
    this.#clock = deps.clock;
    this.#newId = deps.newId;
    this.#writer = new LogWriter(deps);
    this.#writerId = deps.writer;
    this.#restoredEvents = deps.restoredEvents;
    this.#batch = new TextBatch(deps.clock, (events) => {
      for (const event of events) this.#appendUnawaited(event, this.#now());
    });
  }

  /**
   * Streamed text resolves at once and is written within a second; any other event resolves when it and all
   * before it are written.
   */
  append(event: ConversationEvent): Promise<void> {
    this.#appendRestored();
    if (event.kind === 'textAppended') {
      this.#batch.add(event);
      return Promise.resolve();
    }
    this.#batch.flush();
    return this.#writer.append(this.#createEntry(event, this.#now()));
  }

  /** Appends events with their own times. Resolves when all are written and synced once; the file is closed then. */
  async appendPast(events: readonly DatedEvent[]): Promise<void> {
    this.#appendRestored();
    this.#batch.flush();
    const entries = events.flatMap(({ event, t }) => {
      const parts = event.kind === 'textAppended' ? splitText(event) : [event];
      return parts.map((part) => ({ ...this.#createEntry(part, t), sync: false }));
    });
    await this.#writer.appendAll(entries);
    // An import must not leave hundreds of files open.
    await this.#writer.seal();
  }

  /** A record of this time was read; records written from now on are later. */
  sawTime(t: number): void {
    this.#earliest = Math.max(this.#earliest, t + 1);
  }

  /** Resolves when everything that was appended is written. */
  async flush(): Promise<void> {
    this.#batch.flush();
    await this.#writer.flush();
  }

  /** Records that are not in the file yet, for reading the conversation meanwhile. */
  get unsaved(): readonly LogRecord[] {
    return this.#writer.unsaved;
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  /** Closes the file, so that it can be merged. Resolves with the names of this window's closed files. */
  seal(): Promise<readonly string[]> {
    return this.#writer.seal();
  }

  #now(): number {
    this.#earliest = Math.max(this.#earliest, this.#clock.wallMs());
    return this.#earliest;
  }

  #appendRestored(): void {
    let t = 0;
    for (const event of this.#restoredEvents) {
      if (event.kind === 'turnStarted') t = event.turn.createdAt;
      this.#appendUnawaited(event, t);
    }
    this.#restoredEvents = [];
  }

  /** A failure is reported by `onOutcome`, and the record is written with the next one. */
  #appendUnawaited(event: ConversationEvent, t: number): void {
    this.#writer.append(this.#createEntry(event, t)).catch(() => undefined);
  }

  #createEntry(event: ConversationEvent, t: number): Entry {
    const stamp = { id: this.#newId(), w: this.#writerId, n: this.#count, t };
    this.#count += 1;
    const entry = { record: createRecord(event, stamp), sync: mustReachDisk(event) };
    if (event.kind !== 'turnStarted' || event.turn.role !== 'user') return entry;
    const content = formatBlob(event.turn);
    return content.length > maxTextUnits
      ? { ...entry, blob: { name: `${this.#newId()}.blob`, content } }
      : entry;
  }
}

export interface DatedEvent {
  readonly event: ConversationEvent;
  /** When it happened; milliseconds since 1970. */
  readonly t: number;
}

/**
 * Dates events of the past: an event happened when the latest turn before it was created. Times do not decrease
 * and are not in the future, whatever a file says. What happens to a turn that is not among `events` happens now.
 */
export function dateEvents(events: readonly ConversationEvent[], nowMs: number): DatedEvent[] {
  const started = new Set<string | null>();
  let latest = 0;
  return events.map((event) => {
    if (event.kind === 'turnStarted') {
      started.add(event.turn.id);
      latest = Math.max(latest, Math.min(event.turn.createdAt, nowMs));
    }
    const isOfOtherTurn = 'turnId' in event && !started.has(event.turnId);
    return { event, t: isOfOtherTurn || started.size === 0 ? nowMs : latest };
  });
}

/** As JSON, because UTF-8 alone would lose lone surrogates. */
function formatBlob(turn: UserTurn): string {
  const content = getMessageContent(turn);
  return JSON.stringify(Object.keys(content).length === 1 ? turn.text : content);
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
    case 'reasoningFound':
    case 'turnContinued':
    case 'branchSelected':
    case 'forgotten':
    case 'renamed':
    case 'pinned':
      return false;
  }
}
