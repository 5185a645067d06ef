import { createElement } from './dom';

/** This many turns are laid out or skipped together. */
const turnsPerGroup = 32;

/** The turns below `transcript`. A selector would search through the content of all turns. */
export function getTurnElements(transcript: Element): HTMLElement[] {
  return [...transcript.children].flatMap((group) => [...group.children].filter(isTurn));
}

function isTurn(element: Element): element is HTMLElement {
  return element instanceof HTMLElement && element.localName === 'article';
}

/**
 * Puts turns into groups. The browser lays out only the groups near the view, so a running answer costs the
 * same in a long conversation as in a short one.
 */
export class TurnGroups {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  get turns(): HTMLElement[] {
    return getTurnElements(this.#place);
  }

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

/** Groups from the end, so that the incomplete group is the first one, where earlier turns are added. */
function groupTurns(turns: readonly HTMLElement[]): HTMLElement[] {
  const groups: HTMLElement[] = [];
  for (let end = turns.length; end > 0; end -= turnsPerGroup) {
    const own = turns.slice(Math.max(0, end - turnsPerGroup), end);
    groups.unshift(createElement('div', { class: 'turns' }, ...own));
  }
  return groups;
}
