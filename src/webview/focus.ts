import { getTurnElements } from './turnGroups';

/** What gets the focus when the page does, if it is still where it stood. */
interface PendingFocus {
  readonly element: HTMLElement;
  readonly stood: Element | null;
}

let next: PendingFocus | undefined;

/**
 * Moves the focus within the page. `focus()` in a frame takes the focus from the whole window: from the
 * editor in which somebody types, or from a list of VS Code, which then closes. So where the page does
 * not have it, `element` gets it when the page does.
 */
export function moveFocus(element: HTMLElement): void {
  next = document.hasFocus() ? undefined : { element, stood: document.activeElement };
  if (!next) element.focus();
}

/**
 * Takes the focus from where it is, for what was to have it and has been waiting for the page to get it. If
 * the page has had it meanwhile, somebody may have gone on elsewhere.
 */
export function claimWindowFocus(): void {
  if (next) window.focus();
}

/**
 * When VS Code gives the page the focus and nothing in it has it, keys would go nowhere: `home` gets it
 * then, or what was to have it. A press of the mouse puts it where it was made, and what is selected
 * stays so.
 */
export function focusComposerWithPage(home: HTMLElement): void {
  let isPressed = false;
  const pressed = ({ type }: Event): void => {
    isPressed = type === 'pointerdown';
  };
  for (const type of ['pointerdown', 'pointerup', 'pointercancel']) {
    window.addEventListener(type, pressed, { capture: true });
  }
  window.addEventListener('focus', () => {
    const isSelected = document.getSelection()?.isCollapsed === false;
    const wanted = next ?? (isSelected ? undefined : { element: home, stood: document.body });
    next = undefined;
    if (isPressed || !wanted) return;
    // An element that is given the focus from outside has it only after this.
    setTimeout(() => {
      if (document.activeElement === wanted.stood) wanted.element.focus();
    });
  });
}

/** Steps of Alt+Up, Alt+Down, Home and End among the turns. */
const turnSteps: Readonly<Record<string, (at: number, count: number) => number>> = {
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
  /** The one in the tab order. */
  #current: HTMLElement | undefined;

  constructor(root: HTMLElement, composer: HTMLElement) {
    this.#root = root;
    this.#composer = composer;
    document.addEventListener('keydown', (event) => this.#onKey(event));
    root.addEventListener('focusin', (event) => this.#onFocus(event));
  }

  /** Keeps exactly one turn in the tab order: the focused one, else the last. */
  refresh(): void {
    const current = this.#focused() ?? this.#root.lastElementChild?.lastElementChild;
    if (current === this.#current || !(current instanceof HTMLElement)) return;
    if (this.#current) this.#current.tabIndex = -1;
    current.tabIndex = 0;
    this.#current = current;
  }

  #focused(): HTMLElement | undefined {
    const turn = document.activeElement?.closest<HTMLElement>('article');
    return turn && this.#root.contains(turn) ? turn : undefined;
  }

  #onFocus({ target }: FocusEvent): void {
    if (target instanceof HTMLElement && target.matches('article')) this.refresh();
  }

  #onKey(event: KeyboardEvent): void {
    const step = turnSteps[event.key];
    if (!step || hasOtherModifier(event)) return;
    const isArrow = event.key.startsWith('Arrow');
    if (isArrow !== event.altKey) return;
    const turns = getTurnElements(this.#root);
    const focused = this.#focused();
    const at = focused ? turns.indexOf(focused) : -1;
    if (!isArrow && turns[at] !== document.activeElement) return;
    const start = at < 0 ? turns.length : at;
    const next = turns[step(start, turns.length)];
    if (next) next.focus();
    else if (event.key === 'ArrowDown') this.#composer.focus();
    event.preventDefault();
  }
}

function hasOtherModifier({ isComposing, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return isComposing || ctrlKey || metaKey || shiftKey;
}
