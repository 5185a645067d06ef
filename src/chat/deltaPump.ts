import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import type { ToWebview } from '../shared/protocol';
import { channels, type Activity, type Channel } from '../shared/turn';

/** One post per two frames: one per token would keep VS Code's main thread busy. */
const intervalMs = 33;
/** Most posts that may be unacknowledged. */
const window = 2;
/** After this time unacknowledged posts count as lost; the page notices the gap by the next offset. */
const overdueMs = 1000;

interface Pending {
  readonly at: number;
  text: string;
  activity?: Activity | undefined;
}

/**
 * Batches the text of a running answer into posts: the first at once, then at most one per 33 ms, and fewer
 * while the page is behind. It holds only text that was not posted yet.
 */
export class DeltaPump {
  readonly #post: (message: ToWebview) => void;
  readonly #clock: Clock;
  readonly #pending = new Map<Channel, Pending>();
  #turnId = '';
  #activity: Activity | undefined;
  #unacknowledged = 0;
  #lastPostMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(post: (message: ToWebview) => void, clock: Clock) {
    this.#post = post;
    this.#clock = clock;
  }

  /** `at` is the length of the channel's text before `text`, in UTF-16 code units. */
  add(turnId: string, channel: Channel, at: number, text: string): void {
    if (turnId !== this.#turnId) this.flush();
    this.#turnId = turnId;
    const pending = this.#pending.get(channel) ?? { at, text: '' };
    pending.text += text;
    pending.activity = this.#activity ?? pending.activity;
    this.#activity = undefined;
    this.#pending.set(channel, pending);
    this.#schedule();
  }

  /**
   * The next text begins this. It is posted with that text: VS Code may paint between two posts, so the first text
   * of an answer would be one frame later.
   */
  enter(activity: Activity): void {
    this.#activity = activity;
  }

  /** The page acknowledged a post. */
  acknowledge(): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - 1);
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#schedule();
  }

  /** Posts the rest without waiting for acknowledgments: the answer has ended. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    // Thinking precedes the answer, in the order the model wrote them.
    for (const channel of [...channels].reverse()) {
      const pending = this.#pending.get(channel);
      if (!pending) continue;
      this.#pending.delete(channel);
      this.#unacknowledged++;
      this.#lastPostMs = this.#clock.monotonicMs();
      this.#post(defined({ type: 'delta', turnId: this.#turnId, channel, ...pending }));
    }
  }

  /** A snapshot contains everything, so nothing is pending. */
  reset(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#pending.clear();
    this.#activity = undefined;
    this.#unacknowledged = 0;
  }

  #schedule(): void {
    if (this.#pending.size === 0 || this.#cancelTimer) return;
    const pause = this.#unacknowledged < window ? intervalMs : overdueMs;
    const wait = this.#lastPostMs + pause - this.#clock.monotonicMs();
    if (wait <= 0) this.flush();
    else this.#cancelTimer = this.#clock.after(wait, () => this.#tick());
  }

  #tick(): void {
    this.#cancelTimer = undefined;
    this.flush();
  }
}
