/** What gets the focus when the page does, if it is still where it stood. */
interface Next {
  readonly element: HTMLElement;
  readonly stood: Element | null;
}

let next: Next | undefined;

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
export function claimFocus(): void {
  if (next) window.focus();
}

/**
 * When VS Code gives the page the focus and nothing in it has it, keys would go nowhere: `home` gets it
 * then, or what was to have it. A press of the mouse puts it where it was made, and what is selected
 * stays so.
 */
export function takeFocus(home: HTMLElement): void {
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
