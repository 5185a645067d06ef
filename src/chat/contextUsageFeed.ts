import type { Conversations } from '../conversation/conversations';
import type { DraftMessage } from '../conversation/session';
import type { Clock } from '../shared/clock';
import type { ContextUsage } from '../shared/composerState';
import type { FromWebview } from '../shared/protocol';
import { DisposableStore, type Disposable } from '../ui/disposables';

/** What follows within this time is one change. */
const delayMs = 40;

export interface PlanFeedOptions {
  readonly conversations: Conversations;
  readonly clock: Clock;
  /** What is being written, with what is attached to it. */
  readonly draft: () => DraftMessage;
  readonly post: (plan: ContextUsage) => void;
}

/** Tells the page what its message would send, whenever that changes. The model is asked nothing. */
export class ContextUsageFeed implements Disposable {
  readonly #options: PlanFeedOptions;
  readonly #owned = new DisposableStore();
  #cancel: (() => void) | undefined;
  #told = '';

  constructor(options: PlanFeedOptions) {
    this.#options = options;
    const { conversations } = options;
    this.#owned.addCall(conversations.onCurrentChanged(() => this.changed()));
    this.#owned.addCall(conversations.onRunningChanged(() => this.changed()));
    this.#owned.addCall(conversations.pending.onChanged(() => this.changed()));
    this.#owned.addCall(conversations.onContextLimitChanged(() => this.changed()));
  }

  /** Something of it is another: it is worked out anew, soon. */
  changed(): void {
    this.#cancel ??= this.#options.clock.after(delayMs, () => this.#tell());
  }

  /** The page has said something, which may change what its message would send. */
  heard(type: FromWebview['type'] | undefined): void {
    // It says this for each piece of an answer. The answer counts, once it has ended.
    if (type !== 'ack') this.changed();
  }

  /** The page is there and knows nothing; what is allocated may be another than it was. */
  async ready(): Promise<void> {
    this.#told = '';
    this.changed();
    await this.#options.conversations.current.refreshContextLimit();
  }

  dispose(): void {
    this.#cancel?.();
    this.#owned.dispose();
  }

  #tell(): void {
    this.#cancel = undefined;
    const { conversations, draft, post } = this.#options;
    const plan = conversations.current.preview(draft());
    const told = JSON.stringify(plan);
    if (told === this.#told) return;
    this.#told = told;
    post(plan);
  }
}
