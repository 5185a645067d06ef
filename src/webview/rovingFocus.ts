/** Steps of Alt+Up, Alt+Down, Home and End among the turns. */
const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/**
 * One turn at a time is in the tab order. Alt+Up and Alt+Down step from turn to turn, also out of
 * `composer` and back into it; Home and End go to the first and the last while a turn has the focus.
 */
export class RovingFocus {
  readonly #root: HTMLElement;
  readonly #composer: HTMLElement;

  constructor(root: HTMLElement, composer: HTMLElement) {
    this.#root = root;
    this.#composer = composer;
    document.addEventListener('keydown', (event) => this.#onKey(event));
    root.addEventListener('focusin', (event) => this.#onFocus(event));
  }

  /** Keeps exactly one turn in the tab order: the focused one, else the last. */
  refresh(): void {
    const turns = this.#turns();
    const current = turns.find((turn) => turn.contains(document.activeElement)) ?? turns.at(-1);
    for (const turn of turns) turn.tabIndex = turn === current ? 0 : -1;
  }

  #turns(): HTMLElement[] {
    return [...this.#root.querySelectorAll('article')];
  }

  #onFocus({ target }: FocusEvent): void {
    if (target instanceof HTMLElement && target.matches('article')) this.refresh();
  }

  #onKey(event: KeyboardEvent): void {
    const step = steps[event.key];
    if (!step || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const isArrow = event.key.startsWith('Arrow');
    if (isArrow !== event.altKey) return;
    const turns = this.#turns();
    const at = turns.findIndex((turn) => turn.contains(document.activeElement));
    if (!isArrow && turns[at] !== document.activeElement) return;
    const start = at < 0 ? turns.length : at;
    const next = turns[step(start, turns.length)];
    if (next) next.focus();
    else if (event.key === 'ArrowDown') this.#composer.focus();
    event.preventDefault();
  }
}
