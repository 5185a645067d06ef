import { createElement } from './dom';

/** So many turns are shown or skipped together. */
const turnsPerGroup = 32;

/** The turns below `transcript`. To ask for them by a selector would go through all that is in them. */
export function getTurnElements(transcript: Element): HTMLElement[] {
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
    return getTurnElements(this.#place);
  }

  /** Shows exactly these. */
  replace(turns: readonly HTMLElement[]): void {
    this.#place.replaceChildren(...groupTurns(turns));
  }

  prepend(turns: readonly HTMLElement[]): void {
    this.#place.prepend(...groupTurns(turns));
  }

  append(turn: HTMLElement): void {
    const last = this.#place.lastElementChild;
    if (last && last.childElementCount < turnsPerGroup) last.append(turn);
    else this.#place.append(...groupTurns([turn]));
  }
}

/** Cut from the end: earlier turns come in front, where a group may stay short. */
function groupTurns(turns: readonly HTMLElement[]): HTMLElement[] {
  const groups: HTMLElement[] = [];
  for (let end = turns.length; end > 0; end -= turnsPerGroup) {
    const own = turns.slice(Math.max(0, end - turnsPerGroup), end);
    groups.unshift(createElement('div', { class: 'turns' }, ...own));
  }
  return groups;
}
