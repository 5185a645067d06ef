import { texts } from './texts/texts';

/** DOM helpers. Text is always added as a text node. */

type Child = Node | string | undefined;
type Listeners = {
  readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void;
};

interface Attributes {
  /** Event listeners by name. */
  readonly on?: Listeners;
  /** `true` sets an empty attribute; `false` and `undefined` set none. */
  readonly [name: string]: string | boolean | Listeners | undefined;
}

/** Creates an element with its attributes, listeners and children. */
export function createElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string') element.setAttribute(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'object') listen(element, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

function listen(element: HTMLElement, listeners: Listeners): void {
  for (const [type, listener] of Object.entries(listeners)) {
    element.addEventListener(type, listener as EventListener);
  }
}

/** A codicon, hidden from screen readers: the text next to it or the button has the label. */
export function createIcon(name: string): HTMLElement {
  return createElement('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** A button that shows only an icon; `label` is its accessible name and tooltip. */
export function createIconButton(
  name: string,
  label: string,
  onClick: () => void,
): HTMLButtonElement {
  const attributes = { type: 'button', class: 'icon-button', 'aria-label': label, title: label };
  return createElement('button', { ...attributes, on: { click: onClick } }, createIcon(name));
}

/** Sets the text of `element` if it differs; replacing equal text would cost layout and drop a selection. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Hides or shows `element`. Browsers recompute styles even if the attribute is set to the same value. */
export function setHidden(element: HTMLElement, isHidden: boolean): void {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}

/** The key code of keys that an input method handles; for the last one `isComposing` may be false. */
const inputMethodKey = 229;

/** Whether `event` belongs to an input method. `keyCode` is deprecated, but nothing else reports it reliably. */
export function isForInputMethod(event: KeyboardEvent): boolean {
  return event.isComposing || Reflect.get(event, 'keyCode') === inputMethodKey;
}

/** Copies `text` and announces whether that worked: the browser may refuse clipboard access. */
export async function copyText(text: string, say: (sentence: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(texts.copied);
  } catch {
    say(texts.notCopied);
  }
}

/** The element to focus once the page has the focus, unless the focus moved within the page before that. */
interface PendingFocus {
  readonly element: HTMLElement;
  readonly stood: Element | null;
}

let next: PendingFocus | undefined;

/**
 * Moves the focus within the page. `focus()` in a frame takes the focus from the whole window: from an editor
 * the user is typing in, or from a picker, which then closes. So if the page does not have the focus,
 * `element` gets it as soon as the page does.
 */
export function moveFocus(element: HTMLElement): void {
  next = document.hasFocus() ? undefined : { element, stood: document.activeElement };
  if (!next) element.focus();
}

/**
 * Takes the window's focus for an element that is waiting for it. Does nothing if the page has had the focus
 * since: the user may have moved on.
 */
export function claimWindowFocus(): void {
  if (next) window.focus();
}

/**
 * If VS Code focuses the page and no element in it has the focus, key presses would be lost: the element that
 * is waiting for the focus gets it, else `home`. A mouse press keeps the focus where the user pressed, and a
 * selection is kept.
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
    // An element that was focused from outside the frame becomes active only after this event.
    setTimeout(() => {
      if (document.activeElement === wanted.stood) wanted.element.focus();
    });
  });
}

/** Where Alt+Up, Alt+Down, Home and End lead from a turn. */
const turnSteps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/**
 * Keeps exactly one turn in the tab order. Alt+Up and Alt+Down move from turn to turn, also out of the
 * composer and back into it; Home and End move to the first and last turn while a turn has the focus.
 */
export class RovingFocus {
  readonly #root: HTMLElement;
  readonly #composer: HTMLElement;
  /** The turn in the tab order. */
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

/** The turns below `transcript`. A selector would search through the content of all turns. */
export function getTurnElements(transcript: Element): HTMLElement[] {
  return [...transcript.children].flatMap((group) => [...group.children].filter(isTurn));
}

function isTurn(element: Element): element is HTMLElement {
  return element instanceof HTMLElement && element.localName === 'article';
}
