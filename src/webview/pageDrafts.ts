import * as v from 'valibot';
import type { Throttle } from '../shared/clock';
import {
  type Draft,
  type FromWebview,
  maxMessageLength,
  type RefusalReason,
  type TurnView,
} from '../shared/protocol';
import type { Composer } from './composer/composer';
import { moveFocus } from './dom';
import { createPageThrottle } from './frameLoop';

const saveDelayMs = 300;

/**
 * The message being written, and the edit of an earlier one. The message is saved in the page's state and by the host, and stays in the composer until the
 * host has accepted it.
 *
 * VS Code saves the state of a page only now and then, and a host that crashes has not written its last second. So
 * each draft, also an empty one, has the time of its last change, and the newer one wins.
 */
export class Drafts {
  readonly edits: Edits;
  readonly #composer: Composer;
  readonly #viewState: ViewStateStore;
  readonly #post: (message: FromWebview) => void;
  readonly #saver = createPageThrottle(saveDelayMs, () => this.#save());
  /** The state that VS Code had saved when the page was loaded. */
  readonly #kept: ViewState;
  /** The message that waits for the host's answer. */
  #sent: { readonly id: string; readonly text: string } | undefined;
  #isRestored = false;
  #text = '';
  #at: number;
  #toldAt: number | undefined;

  constructor(composer: Composer, viewState: ViewStateStore, post: (message: FromWebview) => void) {
    this.#composer = composer;
    this.#viewState = viewState;
    this.#post = post;
    this.edits = new Edits(viewState, post);
    this.#kept = viewState.state;
    this.#at = viewState.state.draftAt;
    this.#toldAt = viewState.state.toldAt;
  }

  /** The values to save; none before the saved ones were restored. */
  get stored(): Partial<Pick<ViewState, 'draft' | 'draftAt' | 'toldAt' | 'caret'>> {
    const { text, caret } = this.#composer;
    if (!this.#isRestored && text === '') return {};
    return { draft: text, draftAt: this.#at, toldAt: this.#toldAt, caret: [...caret] };
  }

  /** Call when the text or the caret has changed. */
  changed(): void {
    this.#noteTime();
    this.#viewState.save();
    this.#saver.request();
  }

  /** Sends the text of the composer, unless the host has not answered the previous message yet. */
  send(text: string): void {
    if (this.#sent) return;
    // The host gets the text as a draft before it gets it as a message.
    this.#saver.flush();
    this.#sent = { id: crypto.randomUUID(), text };
    this.#post({ type: 'send', ...this.#sent });
  }

  /** Sends `text` in place of an earlier message, unless it is too long. */
  resend(turnId: string, text: string): void {
    if (text.length > maxMessageLength) this.#composer.refusal.showTooLong(text, text.length);
    else this.edits.resend(turnId, text);
  }

  /** The host has stored or queued the message of this request. */
  accepted(id: string): void {
    // The edit form is gone, and the focus with it.
    if (this.edits.accepted(id)) moveFocus(this.#composer.input);
    if (this.#sent?.id !== id) return;
    this.#composer.removeSent(this.#sent.text);
    this.#sent = undefined;
    this.changed();
  }

  /** The host has refused the message of this request: its text stays. */
  refused(id: string, reason: RefusalReason): void {
    if (this.#sent?.id === id) this.#sent = undefined;
    this.edits.refused(id);
    const { refusal, text } = this.#composer;
    if (reason === 'tooLong') refusal.showTooLong(text, text.length);
    else refusal.show(reason);
  }

  /** Restores the draft once, after a reload. @param host the draft that the host has saved */
  restore(host: Draft): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const { caret, draftAt } = this.#kept;
    const isNewer = draftAt > host.draftAt && this.#continues(host);
    const draft = isNewer ? this.#kept.draft : host.draft;
    const typed = this.#composer.text;
    this.#at = Math.max(this.#at, host.draftAt);
    this.#toldAt = host.draftAt;
    if (draft !== host.draft) this.#saver.request();
    if (draft === '' || typed === draft) return;
    if (typed !== '') {
      // The user typed before the host had answered: keep both.
      this.#composer.setText(`${draft}\n${typed}`);
      this.changed();
    } else if (draft === this.#kept.draft) this.#composer.setText(draft, caret);
    else this.#composer.setText(draft);
    this.#text = this.#composer.text;
  }

  #save(): void {
    const { text } = this.#composer;
    if (text.length > maxMessageLength) return;
    this.#toldAt = this.#at;
    this.#viewState.save();
    this.#post({ type: 'draftChanged', text, at: this.#at });
  }

  /** Two windows on a folder share the state of their pages: the saved draft may be the other window's. */
  #continues(host: Draft): boolean {
    return this.#kept.toldAt === host.draftAt || this.#kept.draft.startsWith(host.draft);
  }

  /** The time of a change, always later than the one before, even if the clock was set back. */
  #noteTime(): void {
    const { text } = this.#composer;
    if (text === this.#text) return;
    this.#text = text;
    this.#at = Math.max(Date.now(), this.#at + 1);
  }
}

interface Shown {
  readonly conversationId: string;
  readonly turns: readonly TurnView[];
  /** How many earlier turns are not loaded. */
  readonly earlier: number;
}

/** The edit of an earlier message: it survives a reload and switching conversations, until the host has accepted it. */
class Edits {
  readonly #viewState: ViewStateStore;
  readonly #post: (message: FromWebview) => void;
  #conversationId = '';
  /** The edit that waits for the host's answer. */
  #sent: { readonly id: string; readonly turnId: string } | undefined;

  constructor(viewState: ViewStateStore, post: (message: FromWebview) => void) {
    this.#viewState = viewState;
    this.#post = post;
  }

  /** Resends the message with this text, unless the host has not answered the previous request yet. */
  resend(turnId: string, text: string): void {
    if (this.#sent) return;
    this.#sent = { id: crypto.randomUUID(), turnId };
    this.#post({ type: 'editAndResend', ...this.#sent, text });
  }

  /** The host has taken the edit of this request. Returns false for other requests. */
  accepted(id: string): boolean {
    if (this.#sent?.id !== id) return false;
    this.set(this.#sent.turnId, undefined);
    this.#sent = undefined;
    return true;
  }

  /** The host has not taken the edit of this request: the form stays open. */
  refused(id: string): void {
    if (this.#sent?.id === id) this.#sent = undefined;
  }

  /** The text of the unsent edit of this message. */
  get(turnId: string): string | undefined {
    const { edit } = this.#viewState.state;
    return edit?.turnId === turnId ? edit.text : undefined;
  }

  /** @param text of the edit; undefined: the edit has ended */
  set(turnId: string, text: string | undefined): void {
    if (text !== undefined) {
      this.#viewState.setEdit({ conversationId: this.#conversationId, turnId, text });
    } else if (this.get(turnId) !== undefined) this.#viewState.setEdit(undefined);
  }

  /** Call before turns are drawn: forgets an edit whose message was deleted. */
  prune({ conversationId, turns, earlier }: Shown): void {
    this.#conversationId = conversationId;
    const { edit } = this.#viewState.state;
    if (!edit) return;
    const isThere = earlier > 0 || turns.some(({ id }) => id === edit.turnId);
    const isGone = edit.conversationId === conversationId ? !isThere : turns.length === 0;
    if (isGone) this.#viewState.setEdit(undefined);
  }
}

/** Values read from the page at each save. */
type PageValues = Partial<
  Pick<ViewState, 'draft' | 'draftAt' | 'caret' | 'conversationId' | 'place'>
>;

const storeDelayMs = 200;

/** Saves what only the page knows in VS Code's state of this view, which survives a reload of the page. */
export class ViewStateStore {
  readonly #api: VsCodeApi;
  readonly #look: () => PageValues;
  readonly #writer: Throttle;
  #state: ViewState;

  constructor(api: VsCodeApi, look: () => PageValues) {
    this.#api = api;
    this.#look = look;
    this.#state = readViewState(api.getState());
    this.#writer = createPageThrottle(storeDelayMs, () => this.#write());
  }

  get state(): ViewState {
    return this.#state;
  }

  /** Reads the values from the page and saves them, soon. */
  save(): void {
    this.#writer.request();
  }

  setThinkingOpen(turnId: string, isOpen: boolean): void {
    const others = this.#state.openThinking.filter((id) => id !== turnId);
    this.#state = { ...this.#state, openThinking: isOpen ? [...others, turnId] : others };
    this.save();
  }

  setEdit(edit: ViewState['edit']): void {
    const rest = { ...this.#state };
    delete rest.edit;
    this.#state = edit === undefined ? rest : { ...rest, edit };
    this.save();
  }

  #write(): void {
    this.#state = { ...this.#state, ...this.#look() };
    this.#api.setState(this.#state);
  }
}

const caretOffset = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the page keeps over a reload; everything else comes from the host. */
const viewStateSchema = v.object({
  v: v.literal(1),
  draft: v.string(),
  caret: v.tuple([caretOffset, caretOffset]),
  /** When the draft was last changed, in milliseconds since 1970. */
  draftAt: v.optional(v.number(), 0),
  /** The `draftAt` that was last sent to the host. */
  toldAt: v.optional(v.number()),
  /** An earlier message that is being edited. */
  edit: v.optional(v.object({ conversationId: v.string(), turnId: v.string(), text: v.string() })),
  conversationId: v.string(),
  place: v.union([v.literal('end'), v.object({ turnId: v.string(), offset: v.number() })]),
  /** Turns whose reasoning is expanded. */
  openThinking: v.array(v.string()),
});
export type ViewState = v.InferOutput<typeof viewStateSchema>;

const initialViewState: ViewState = {
  v: 1,
  draft: '',
  caret: [0, 0],
  draftAt: 0,
  conversationId: '',
  place: 'end',
  openThinking: [],
};

/** Parses a stored state; a missing, invalid or other version gives the initial state. */
export function readViewState(stored: unknown): ViewState {
  const result = v.safeParse(viewStateSchema, stored);
  return result.success ? result.output : initialViewState;
}

/** VS Code's API for webviews; `acquireVsCodeApi` may be called once. */
interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export type { VsCodeApi };
export const vscodeApi: VsCodeApi = acquireVsCodeApi();
