import type { Conversations } from '../conversation/conversations';
import type { ConversationPlace, Logger } from '../conversation/ports';
import type { ConversationSession, SessionEvent } from '../conversation/session';
import type { DraftMessage } from '../conversation/sessionContext';
import { asLabel } from '../shared/hiddenCharacters';
import type { Clock } from '../shared/clock';
import type { ContextUsage, PromptView } from '../shared/composerState';
import type {
  ConnectionView,
  Draft,
  EditorView,
  FromWebview,
  ModelView,
  Notice,
  PendingView,
  RefusalReason,
  SuggestionView,
  ToWebview,
} from '../shared/protocol';
import { defined } from '../shared/defined';
import type { CodeColors } from '../shared/tokenScopes';
import type { ConversationEvent, ConversationEventOf } from '../shared/turn';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { ThemeColors } from './chatDependencies';
import { DeltaPump } from './deltaPump';
import { conversationView, earlierTurns, endNotice, findAnswer, turnView } from './turnViews';

/** What the page shows besides the conversation. */
export interface Surroundings {
  readonly model: () => ModelView;
  readonly connection: () => ConnectionView;
  readonly draft: () => Draft;
  readonly pending: () => PendingView;
  readonly editor: () => EditorView;
  readonly notice: () => Notice | undefined;
}

export interface BridgeOptions {
  readonly post: (message: ToWebview) => void;
  readonly clock: Clock;
  readonly surroundings: Surroundings;
}

/**
 * Posts the events of the current session to one page. It keeps no copy of the conversation: a page that
 * missed something requests a snapshot.
 */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #pump: DeltaPump;
  #session: ConversationSession;
  #unsubscribe: () => void;
  /** Posts to a hidden or missing page are lost, so none are made until it is `ready`. */
  #live = false;
  /** The last turn that the page shows. */
  #lastShown: string | null = null;

  constructor(session: ConversationSession, options: BridgeOptions) {
    this.#options = options;
    this.#pump = new DeltaPump(options.post, options.clock);
    this.#session = session;
    this.#unsubscribe = session.on((event) => this.#pass(event));
  }

  /** Whether the page has received its snapshot. */
  get isLive(): boolean {
    return this.#live;
  }

  /** Shows another conversation. */
  show(session: ConversationSession): void {
    this.#unsubscribe();
    this.#session = session;
    this.#unsubscribe = session.on((event) => this.#pass(event));
    if (this.#live) this.snapshot();
  }

  /** Sends everything to a page that has just loaded. */
  snapshot(): void {
    const { surroundings, post } = this.#options;
    this.#live = true;
    this.#pump.reset();
    this.#lastShown = this.#session.conversation.leaf;
    const connection = surroundings.connection();
    post({
      type: 'snapshot',
      conversation: conversationView(this.#session, connection.origin),
      model: surroundings.model(),
      connection,
      ...surroundings.draft(),
      pending: surroundings.pending(),
      editor: surroundings.editor(),
    });
    this.noticeChanged();
  }

  acknowledge(): void {
    this.#pump.acknowledge();
  }

  /** The page was hidden and has lost its state. */
  hidden(): void {
    this.#live = false;
    this.#pump.reset();
  }

  earlier(before: string): void {
    const page = earlierTurns(this.#session, before, this.#origin());
    if (!page) return;
    const conversationId = this.#session.conversation.id;
    this.#post({ type: 'page', conversationId, ...page });
  }

  /** The message of the request with this id is stored or queued. */
  accept(id: string): void {
    this.#post({ type: 'accepted', id });
  }

  /** The message of the request with this id was not taken: its text stays in the page. */
  refuse(id: string, reason: RefusalReason): void {
    this.#post({ type: 'refused', id, reason });
  }

  modelChanged(): void {
    this.#post({ type: 'model', model: this.#options.surroundings.model() });
  }

  connectionChanged(): void {
    this.#post({ type: 'connection', connection: this.#options.surroundings.connection() });
  }

  noticeChanged(): void {
    const notice = this.#options.surroundings.notice();
    this.#post({ type: 'notice', ...(notice === undefined ? {} : { notice }) });
  }

  names(known: readonly string[]): void {
    if (known.length > 0) this.#post({ type: 'names', known });
  }

  pendingChanged(): void {
    this.#post({ type: 'pending', pending: this.#options.surroundings.pending() });
  }

  editorChanged(): void {
    this.#post({ type: 'editor', editor: this.#options.surroundings.editor() });
  }

  codeColors(colors: CodeColors | undefined): void {
    this.#post(defined({ type: 'codeColors', colors }));
  }

  suggest(seq: number, items: readonly SuggestionView[]): void {
    this.#post({ type: 'queryResult', seq, items });
  }

  prompts(prompts: readonly PromptView[]): void {
    this.#post({ type: 'prompts', prompts });
  }

  contextUsage(usage: ContextUsage): void {
    this.#post({ type: 'contextUsage', usage });
  }

  reveal({ turnId, text }: ConversationPlace): void {
    this.#post({ type: 'reveal', turnId, text });
  }

  /** Focuses the page's pending target, unless the page has had the focus since. */
  claimFocus(): void {
    this.#post({ type: 'claimFocus' });
  }

  /**
   * Focuses the message input and inserts `insert` at the caret. If the page does not have the focus, this
   * happens when it gets it.
   */
  focusComposer(insert = ''): void {
    this.#post({ type: 'focusComposer', ...(insert === '' ? {} : { insert }) });
  }

  dispose(): void {
    this.hidden();
    this.#unsubscribe();
  }

  #pass(event: SessionEvent): void {
    if (!this.#live) return;
    if (event.type === 'activity') {
      const { turnId, activity, isWithText } = event;
      if (isWithText) this.#pump.enter(activity);
      else this.#post({ type: 'turnChanged', turnId, activity });
    } else {
      this.#passEvent(event.event);
    }
  }

  #passEvent(event: ConversationEvent): void {
    switch (event.kind) {
      case 'turnStarted':
        this.#turnStarted(event.turn.id);
        return;
      case 'textAppended':
        this.#addText(event);
        return;
      case 'turnEnded':
        this.#pump.flush();
        this.#turnEnded(event.turnId);
        return;
      case 'reasoningFound':
      case 'turnContinued':
      case 'branchSelected':
      case 'turnDeleted':
      case 'forgotten':
      case 'renamed':
      case 'deleted':
        this.snapshot();
        return;
      case 'pinned':
        return;
    }
  }

  /** The page counts text that became reasoning as reasoning, the events as answer. */
  #addText({ turnId, channel, at, text }: ConversationEventOf<'textAppended'>): void {
    const moved = findAnswer(this.#session.conversation, turnId)?.movedLength ?? 0;
    this.#pump.add(turnId, channel, channel === 'answer' ? at - moved : at + moved, text);
  }

  #turnStarted(turnId: string): void {
    const { conversation } = this.#session;
    const turn = conversation.turn(turnId);
    if (!turn) return;
    // A second answer to the same message replaces the first one, so the page needs a snapshot.
    if (turn.parent !== this.#lastShown) {
      this.snapshot();
      return;
    }
    this.#lastShown = turnId;
    if (turn.parent === null) this.#post({ type: 'title', title: asLabel(conversation.title) });
    this.#post({ type: 'turnStarted', turn: turnView(this.#session, turn, this.#origin()) });
  }

  #turnEnded(turnId: string): void {
    const turn = findAnswer(this.#session.conversation, turnId);
    if (!turn) return;
    const notice = endNotice(turn, this.#origin(), this.#session.isSummary(turn));
    this.#post({
      type: 'turnEnded',
      turnId,
      activity: { state: turn.state, elapsedMs: 0 },
      lengths: { answer: turn.text.length, thinking: turn.thinking.length },
      metrics: turn.metrics ?? {},
      ...(notice === undefined ? {} : { notice }),
    });
  }

  #origin(): string {
    return this.#options.surroundings.connection().origin;
  }

  #post(message: ToWebview): void {
    if (this.#live) this.#options.post(message);
  }
}

export interface CodeColorsFeedOptions {
  readonly theme: ThemeColors;
  readonly post: (colors: CodeColors | undefined) => void;
  readonly logger: Logger;
}

/** Sends the page the colors of the theme that it shows, again when the user changes them. */
export class CodeColorsFeed implements Disposable {
  readonly #options: CodeColorsFeedOptions;
  readonly #watching: Disposable;
  #shown = '';

  constructor(options: CodeColorsFeedOptions) {
    this.#options = options;
    this.#watching = options.theme.onChanged(() => this.show(this.#shown));
  }

  /** @param id of the theme, as the page sees it */
  show(id: string): void {
    this.#shown = id;
    const { theme, post, logger } = this.#options;
    theme.readColors(id).then(
      (colors) => {
        if (this.#shown === id) post(colors);
      },
      (error: unknown) => logger.warn(`The colors of code: ${String(error)}`),
    );
  }

  dispose(): void {
    this.#watching.dispose();
  }
}

/** Changes within this time are sent as one. */
const delayMs = 40;

export interface ContextUsageFeedOptions {
  readonly conversations: Conversations;
  readonly clock: Clock;
  /** The draft with its attachments. */
  readonly draft: () => DraftMessage;
  readonly post: (usage: ContextUsage) => void;
}

/** Sends the page the context usage of its draft whenever it changes. No request goes to the server. */
export class ContextUsageFeed implements Disposable {
  readonly #options: ContextUsageFeedOptions;
  readonly #owned = new DisposableStore();
  #cancel: (() => void) | undefined;
  #told = '';

  constructor(options: ContextUsageFeedOptions) {
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
    const usage = conversations.current.preview(draft());
    const told = JSON.stringify(usage);
    if (told === this.#told) return;
    this.#told = told;
    post(usage);
  }
}
