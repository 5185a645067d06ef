import type { FromWebview } from '../shared/protocol';
import { createElement, setText } from './dom';
import type { Store } from './store';
import { texts } from './texts/texts';

/** Earlier turns are requested when the reader is this close to the top, in pixels. */
const loadDistancePx = 400;

/** Requests earlier turns: when the reader scrolls near the top, by button, or all of them for a search. */
export class EarlierTurns {
  readonly button = createElement('button', {
    type: 'button',
    class: 'earlier',
    hidden: true,
    on: { click: () => this.#load() },
  });
  readonly #store: Store;
  readonly #post: (message: FromWebview) => void;
  /** The last request was for turns before this one; while it is the first turn, the reply is still pending. */
  #asked: string | undefined;
  #wantsAll = false;

  constructor(store: Store, post: (message: FromWebview) => void) {
    this.#store = store;
    this.#post = post;
  }

  get isLoadingAll(): boolean {
    return this.#wantsAll && this.#store.earlier > 0;
  }

  /** Call after a new snapshot: the reply to a pending request no longer arrives. */
  reset(): void {
    this.#asked = undefined;
    this.refresh();
  }

  /** Call when the number of earlier turns may have changed. */
  refresh(): void {
    const { earlier } = this.#store;
    this.button.hidden = earlier === 0;
    setText(this.button, texts.transcript.earlier(earlier));
    if (this.#wantsAll) this.#load();
  }

  /** @param top distance from the top of the transcript, in pixels */
  scrolledTo(top: number): void {
    if (top < loadDistancePx) this.#load();
  }

  /** Loads all earlier turns, page by page, or stops doing so. */
  wantAll(isWanted: boolean): void {
    this.#wantsAll = isWanted;
    if (isWanted) this.#load();
  }

  #load(): void {
    const [first] = this.#store.turns;
    if (!first || this.#store.earlier === 0 || this.#asked === first.id) return;
    this.#asked = first.id;
    this.#post({ type: 'loadEarlier', before: first.id });
  }
}
