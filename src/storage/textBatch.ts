import type { Clock } from '../conversation/ports';
import type { ConversationEventOf } from '../shared/conversationEvents';
import { maxTextUnits } from './logRecord';

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
    const events = [...this.#waiting.values()].flatMap(pieces);
    this.#waiting.clear();
    if (events.length > 0) this.#write(events);
  }
}

function pieces(event: TextAppended): TextAppended[] {
  const parts: TextAppended[] = [];
  for (let start = 0; start < event.text.length; start += maxTextUnits) {
    const text = event.text.slice(start, start + maxTextUnits);
    parts.push({ ...event, at: event.at + start, text });
  }
  return parts;
}
