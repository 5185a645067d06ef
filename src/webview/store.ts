import { defined } from '../shared/defined';
import type { ContextUsage, PromptView } from '../shared/composerState';
import type { CodeColors } from '../shared/tokenScopes';
import {
  type AssistantTurnView,
  type ConnectionView,
  dispatch,
  type Draft,
  type EditorView,
  type FromWebview,
  type Handlers,
  type ModelView,
  type Notice,
  type PendingView,
  type RefusalReason,
  type SuggestionView,
  type ToWebview,
  type TurnView,
} from '../shared/protocol';
import { type Activity, isRunning } from '../shared/turn';

type Message<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

/** What changed in the store. */
export type Change =
  | { readonly kind: 'conversation' }
  | { readonly kind: 'earlier'; readonly turns: readonly TurnView[] }
  | { readonly kind: 'turnAdded'; readonly turn: TurnView }
  | { readonly kind: 'turn'; readonly turn: AssistantTurnView; readonly ended: boolean }
  | { readonly kind: 'text'; readonly turn: AssistantTurnView }
  | { readonly kind: 'chrome' }
  | { readonly kind: 'prompts'; readonly prompts: readonly PromptView[] }
  | { readonly kind: 'contextUsage'; readonly usage: ContextUsage }
  | { readonly kind: 'codeColors'; readonly colors?: CodeColors }
  | { readonly kind: 'names'; readonly known: readonly string[] }
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly id: string; readonly reason: RefusalReason }
  | { readonly kind: 'pending' }
  | { readonly kind: 'suggested'; readonly seq: number; readonly items: readonly SuggestionView[] }
  | { readonly kind: 'claimFocus' }
  | { readonly kind: 'focusComposer'; readonly insert?: string }
  | { readonly kind: 'reveal'; readonly turnId: string; readonly text: string };

/** The property of a turn that holds a channel's text. */
const channelField = { answer: 'text', thinking: 'thinking' } as const;

interface StoreOptions {
  readonly post: (message: FromWebview) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onChange: (change: Change) => void;
}

/**
 * The page's copy of what the host knows. Messages go in, changes come out; no DOM.
 *
 * A message to a hidden page is silently lost, so each delta has the length at which it belongs: a delta the
 * page already has is ignored; a gap requests a snapshot, once, and all messages about turns are ignored
 * until it arrives.
 */
export class Store {
  readonly #options: StoreOptions;
  #turns = new Map<string, TurnView>();
  #activitySince = new Map<string, number>();
  #conversationId = '';
  #earlier = 0;
  #resyncing = false;
  #model: ModelView = { name: '' };
  #connection: ConnectionView = { state: 'unknown', origin: '' };
  #notice: Notice | undefined;
  #draft: Draft = { draft: '', draftAt: 0 };
  #title = '';
  #pending: PendingView = { attachments: [], queue: [] };
  #editor: EditorView = {};

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get conversationId(): string {
    return this.#conversationId;
  }
  get turns(): readonly TurnView[] {
    return [...this.#turns.values()];
  }
  get isEmpty(): boolean {
    return this.#turns.size === 0;
  }
  /** How many earlier turns of this conversation the host has not sent yet. */
  get earlier(): number {
    return this.#earlier;
  }
  get model(): ModelView {
    return this.#model;
  }
  get connection(): ConnectionView {
    return this.#connection;
  }
  get notice(): Notice | undefined {
    return this.#notice;
  }
  /** The draft of the last snapshot. */
  get draft(): Draft {
    return this.#draft;
  }
  get title(): string {
    return this.#title;
  }
  get pending(): PendingView {
    return this.#pending;
  }
  get editor(): EditorView {
    return this.#editor;
  }
  /** The answer that this window is generating. */
  get running(): AssistantTurnView | undefined {
    return this.turns.findLast(
      (turn) =>
        turn.role === 'assistant' && !turn.isWrittenInOtherWindow && isRunning(turn.activity.state),
    ) as AssistantTurnView | undefined;
  }

  turn(id: string): TurnView | undefined {
    return this.#turns.get(id);
  }

  /** The message that a turn answers; empty if it is not loaded. */
  getQuestion(turnId: string): string {
    const { turns } = this;
    const at = turns.findIndex(({ id }) => id === turnId);
    return turns.slice(0, Math.max(0, at)).findLast(({ role }) => role === 'user')?.text ?? '';
  }

  /** How long `turn` has been in its state, in milliseconds. */
  elapsed(turn: AssistantTurnView): number {
    const since = this.#activitySince.get(turn.id);
    const passed = since === undefined ? 0 : this.#options.now() - since;
    return turn.activity.elapsedMs + Math.max(0, passed);
  }

  receive(message: ToWebview): void {
    dispatch(this.#handlers, message);
  }

  readonly #handlers: Handlers<ToWebview> = {
    snapshot: (message) => this.#replaceAll(message),
    page: (message) => this.#prepend(message),
    turnStarted: ({ turn }) => this.#start(turn),
    delta: (message) => this.#append(message),
    turnChanged: ({ turnId, activity }) => this.#setActivity(turnId, activity),
    turnEnded: (message) => this.#end(message),
    connection: ({ connection }) => {
      this.#connection = connection;
      this.#options.onChange({ kind: 'chrome' });
    },
    model: ({ model }) => {
      this.#model = model;
      this.#options.onChange({ kind: 'chrome' });
    },
    notice: ({ notice }) => {
      this.#notice = notice;
      this.#options.onChange({ kind: 'chrome' });
    },
    claimFocus: () => this.#options.onChange({ kind: 'claimFocus' }),
    focusComposer: ({ insert }) => {
      this.#options.onChange(defined({ kind: 'focusComposer', insert }));
    },
    prompts: ({ prompts }) => this.#options.onChange({ kind: 'prompts', prompts }),
    contextUsage: ({ usage }) => this.#options.onChange({ kind: 'contextUsage', usage }),
    names: ({ known }) => this.#options.onChange({ kind: 'names', known }),
    codeColors: ({ colors }) => this.#options.onChange(defined({ kind: 'codeColors', colors })),
    title: ({ title }) => {
      this.#title = title;
      this.#options.onChange({ kind: 'chrome' });
    },
    accepted: ({ id }) => this.#options.onChange({ kind: 'accepted', id }),
    refused: ({ id, reason }) => this.#options.onChange({ kind: 'refused', id, reason }),
    pending: ({ pending }) => {
      this.#pending = pending;
      this.#options.onChange({ kind: 'pending' });
    },
    editor: ({ editor }) => {
      this.#editor = editor;
      this.#options.onChange({ kind: 'chrome' });
    },
    queryResult: ({ seq, items }) => this.#options.onChange({ kind: 'suggested', seq, items }),
    reveal: ({ turnId, text }) => {
      this.#options.onChange({ kind: 'reveal', turnId, text });
    },
  };

  #replaceAll(snapshot: Message<'snapshot'>): void {
    const { conversation, model, connection, draft, draftAt } = snapshot;
    this.#resyncing = false;
    this.#conversationId = conversation.id;
    this.#earlier = conversation.earlier;
    this.#turns = new Map(conversation.turns.map((turn) => [turn.id, turn]));
    const now = this.#options.now();
    this.#activitySince = new Map(conversation.turns.map((turn) => [turn.id, now]));
    this.#model = model;
    this.#connection = connection;
    this.#draft = { draft, draftAt };
    this.#title = conversation.title;
    this.#pending = snapshot.pending;
    this.#editor = snapshot.editor;
    this.#options.onChange({ kind: 'conversation' });
  }

  #prepend({ conversationId, turns, earlier }: Message<'page'>): void {
    if (conversationId !== this.#conversationId || this.#resyncing) return;
    const fresh = turns.filter((turn) => !this.#turns.has(turn.id));
    this.#turns = new Map([...fresh.map((turn) => [turn.id, turn] as const), ...this.#turns]);
    this.#earlier = earlier;
    this.#options.onChange({ kind: 'earlier', turns: fresh });
  }

  #start(turn: TurnView): void {
    if (this.#resyncing || this.#turns.has(turn.id)) return;
    this.#turns.set(turn.id, turn);
    this.#activitySince.set(turn.id, this.#options.now());
    this.#options.onChange({ kind: 'turnAdded', turn });
  }

  #append({ turnId, channel, at, text, activity }: Message<'delta'>): void {
    this.#options.post({ type: 'ack' });
    if (this.#resyncing) return;
    const turn = this.#assistant(turnId);
    if (!turn) {
      this.#resync();
      return;
    }
    const known = turn[channelField[channel]];
    if (at > known.length) this.#resync();
    if (at !== known.length) return;
    const active = activity ? { ...turn, activity } : turn;
    if (activity) this.#replace(active, false);
    const longer = { ...active, [channelField[channel]]: known + text };
    this.#turns.set(turnId, longer);
    this.#options.onChange({ kind: 'text', turn: longer });
  }

  #setActivity(turnId: string, activity: Activity): void {
    if (this.#resyncing) return;
    const turn = this.#assistant(turnId);
    if (!turn) {
      this.#resync();
      return;
    }
    this.#replace({ ...turn, activity }, false);
  }

  #end({ turnId, activity, lengths, metrics, notice }: Message<'turnEnded'>): void {
    if (this.#resyncing) return;
    const turn = this.#assistant(turnId);
    if (!turn) {
      this.#resync();
      return;
    }
    this.#replace(defined({ ...turn, activity, metrics, notice: notice ?? turn.notice }), true);
    const whole = turn.text.length === lengths.answer && turn.thinking.length === lengths.thinking;
    if (!whole) this.#resync();
  }

  #replace(turn: AssistantTurnView, ended: boolean): void {
    this.#turns.set(turn.id, turn);
    this.#activitySince.set(turn.id, this.#options.now());
    this.#options.onChange({ kind: 'turn', turn, ended });
  }

  #assistant(id: string): AssistantTurnView | undefined {
    const turn = this.#turns.get(id);
    return turn?.role === 'assistant' ? turn : undefined;
  }

  #resync(): void {
    if (this.#resyncing) return;
    this.#resyncing = true;
    this.#options.post({ type: 'resync' });
  }
}
