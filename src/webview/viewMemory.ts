import { debounced, type Debounced } from './debounced';
import { readViewState, type ViewState } from './viewState';
import type { VsCodeApi } from './vscodeApi';

/** What is read from the page each time it is kept. */
type Seen = Partial<Pick<ViewState, 'draft' | 'draftAt' | 'caret' | 'conversationId' | 'place'>>;

const delayMs = 200;

/**
 * Keeps in VS Code's store for this view what only the page knows, so that it is there again when the
 * page is loaded anew.
 */
export class ViewMemory {
  readonly #api: VsCodeApi;
  readonly #look: () => Seen;
  readonly #later: Debounced;
  #state: ViewState;

  constructor(api: VsCodeApi, look: () => Seen) {
    this.#api = api;
    this.#look = look;
    this.#state = readViewState(api.getState());
    this.#later = debounced(delayMs, () => this.#write());
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
