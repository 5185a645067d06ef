import * as v from 'valibot';
import type { FromWebview } from '../shared/protocol';
import type { Throttle } from '../shared/clock';
import { createPageThrottle } from './frameLoop';

/** Values read from the page at each save. */
type PageValues = Partial<
  Pick<ViewState, 'draft' | 'draftAt' | 'caret' | 'conversationId' | 'place'>
>;

const saveDelayMs = 200;

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
    this.#writer = createPageThrottle(saveDelayMs, () => this.#write());
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
