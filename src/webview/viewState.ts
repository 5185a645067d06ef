import * as v from 'valibot';
import type { FromWebview } from '../shared/protocol';
import { debounced, type Debounced } from './frameLoop';

/** What is read from the page each time it is kept. */
type PageValues = Partial<
  Pick<ViewState, 'draft' | 'draftAt' | 'caret' | 'conversationId' | 'place'>
>;

const saveDelayMs = 200;

/**
 * Keeps in VS Code's store for this view what only the page knows, so that it is there again when the
 * page is loaded anew.
 */
export class ViewStateStore {
  readonly #api: VsCodeApi;
  readonly #look: () => PageValues;
  readonly #later: Debounced;
  #state: ViewState;

  constructor(api: VsCodeApi, look: () => PageValues) {
    this.#api = api;
    this.#look = look;
    this.#state = readViewState(api.getState());
    this.#later = debounced(saveDelayMs, () => this.#write());
  }

  get state(): ViewState {
    return this.#state;
  }

  /** Looks at the page soon and keeps what is there. */
  save(): void {
    this.#later.schedule();
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

  /** A message that was sent counts as unconfirmed until it is seen in the conversation. */
  setUnconfirmed(text: string | undefined): void {
    const rest = { ...this.#state };
    delete rest.unconfirmed;
    this.#state = text === undefined ? rest : { ...rest, unconfirmed: text };
    this.#write();
  }

  #write(): void {
    this.#state = { ...this.#state, ...this.#look() };
    this.#api.setState(this.#state);
  }
}

const caretOffset = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the page alone knows and keeps over a reload; everything else comes from the host. */
const viewStateSchema = v.object({
  v: v.literal(1),
  draft: v.string(),
  caret: v.tuple([caretOffset, caretOffset]),
  /** When the draft became this, in milliseconds by this page's clock. */
  draftAt: v.optional(v.number(), 0),
  /** The `draftAt` that the host was told last. */
  toldAt: v.optional(v.number()),
  /** A message that was sent and not yet seen in the conversation. */
  unconfirmed: v.optional(v.string()),
  /** A message that is being edited in its place. */
  edit: v.optional(v.object({ conversationId: v.string(), turnId: v.string(), text: v.string() })),
  conversationId: v.string(),
  place: v.union([v.literal('end'), v.object({ turnId: v.string(), offset: v.number() })]),
  /** Turns whose thinking is open. */
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

/** Reads a stored state; one that is missing, broken or of another version starts afresh. */
export function readViewState(stored: unknown): ViewState {
  const result = v.safeParse(viewStateSchema, stored);
  return result.success ? result.output : initialViewState;
}

/** What VS Code gives a page; it can be asked for once. */
interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export type { VsCodeApi };
export const vscodeApi: VsCodeApi = acquireVsCodeApi();
