import type { FromWebview } from '../shared/protocol';
import { h, setText } from './dom';
import type { Store } from './store';
import { texts } from './texts/texts';

/** So near to the top, in pixels, the next earlier turns are asked for. */
const nearness = 400;

/** Asks for the turns above: when the reader comes near the top, by button, or all of them. */
export class EarlierTurns {
  readonly button = h('button', {
    ...{ type: 'button', class: 'earlier', hidden: true },
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
    if (top < nearness) this.#load();
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

/** So many turns are shown or skipped together. */
const turnsPerGroup = 32;

/** The turns below `transcript`. To ask for them by a selector would go through all that is in them. */
export function turnsIn(transcript: Element): HTMLElement[] {
  return [...transcript.children].flatMap((group) => [...group.children].filter(isTurn));
}

function isTurn(element: Element): element is HTMLElement {
  return element instanceof HTMLElement && element.localName === 'article';
}

/**
 * The turns, in groups. The browser lays out and watches only the groups near the view, so a long
 * conversation costs a running answer no more than a short one.
 */
export class TurnGroups {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  get turns(): HTMLElement[] {
    return turnsIn(this.#place);
  }

  /** Shows exactly these. */
  replace(turns: readonly HTMLElement[]): void {
    this.#place.replaceChildren(...grouped(turns));
  }

  prepend(turns: readonly HTMLElement[]): void {
    this.#place.prepend(...grouped(turns));
  }

  append(turn: HTMLElement): void {
    const last = this.#place.lastElementChild;
    if (last && last.childElementCount < turnsPerGroup) last.append(turn);
    else this.#place.append(...grouped([turn]));
  }
}

/** Cut from the end: earlier turns come in front, where a group may stay short. */
function grouped(turns: readonly HTMLElement[]): HTMLElement[] {
  const groups: HTMLElement[] = [];
  for (let end = turns.length; end > 0; end -= turnsPerGroup) {
    const own = turns.slice(Math.max(0, end - turnsPerGroup), end);
    groups.unshift(h('div', { class: 'turns' }, ...own));
  }
  return groups;
}
