import type { FromWebview } from '../shared/protocol';
import { createElement, setText } from './dom';
import type { Store } from './store';
import { texts } from './texts/texts';

/** So near to the top, in pixels, the next earlier turns are asked for. */
const loadDistancePx = 400;

/** Asks for the turns above: when the reader comes near the top, by button, or all of them. */
export class EarlierTurns {
  readonly button = createElement('button', {
    type: 'button',
    class: 'earlier',
    hidden: true,
    on: { click: () => this.#load() },
  });
  readonly #store: Store;
  readonly #post: (message: FromWebview) => void;
  /** The turn before which was asked for last; while it is the first one, the answer is on its way. */
  #asked: string | undefined;
  #wantsAll = false;

  constructor(store: Store, post: (message: FromWebview) => void) {
    this.#store = store;
    this.#post = post;
  }

  get isLoadingAll(): boolean {
    return this.#wantsAll && this.#store.earlier > 0;
  }

  /** Another conversation, or the same one anew: what was asked for no longer comes. */
  reset(): void {
    this.#asked = undefined;
    this.refresh();
  }

  /** Call when there may be more, or fewer, earlier turns. */
  refresh(): void {
    const { earlier } = this.#store;
    this.button.hidden = earlier === 0;
    setText(this.button, texts.transcript.earlier(earlier));
    if (this.#wantsAll) this.#load();
  }

  /** The reader has scrolled to so many pixels from the top. */
  scrolledTo(top: number): void {
    if (top < loadDistancePx) this.#load();
  }

  /** Whether everything is to be there, one page after the other. */
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
