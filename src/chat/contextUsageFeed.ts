import type { Conversations } from '../conversation/conversations';
import type { DraftMessage } from '../conversation/session';
import type { Clock } from '../shared/clock';
import type { ContextUsage } from '../shared/composerState';
import type { FromWebview } from '../shared/protocol';
import { DisposableStore, type Disposable } from '../ui/disposables';

/** Changes within this time are sent as one. */
const delayMs = 40;

export interface PlanFeedOptions {
  readonly conversations: Conversations;
  readonly clock: Clock;
  /** The draft with its attachments. */
  readonly draft: () => DraftMessage;
  readonly post: (plan: ContextUsage) => void;
}

/** Sends the page the context usage of its draft whenever it changes. No request goes to the server. */
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

  /** Schedules an update. */
  changed(): void {
    this.#cancel ??= this.#options.clock.after(delayMs, () => this.#tell());
  }

  /** A message of the page may have changed the usage. */
  heard(type: FromWebview['type'] | undefined): void {
    // Sent for each part of an answer, which counts only once it has ended.
    if (type !== 'ack') this.changed();
  }

  /** The page has loaded; the allocated context may have changed. */
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
