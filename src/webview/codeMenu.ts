import { createElement, createIcon } from './dom';

export interface MenuItem {
  readonly icon: string;
  readonly label: string;
  /** Of an item that is on or off. */
  readonly isChecked?: boolean;
  readonly run: () => void;
}

/** Shows a menu below `button`, which gets the focus back. Escape, Tab and a click elsewhere close it. */
export function openMenu(button: HTMLElement, label: string, items: readonly MenuItem[]): void {
  const menu = createElement('div', {
    class: 'menu',
    role: 'menu',
    'aria-label': label,
    popover: 'auto',
  });
  const close = (): void => {
    menu.hidePopover();
    button.focus();
  };
  menu.append(
    ...items.map(({ icon, label: name, isChecked, run }) =>
      createElement(
        'button',
        {
          type: 'button',
          role: isChecked === undefined ? 'menuitem' : 'menuitemcheckbox',
          tabindex: '-1',
          class: 'menu-item',
          ...(isChecked !== undefined && { 'aria-checked': String(isChecked) }),
          on: {
            click: () => {
              close();
              run();
            },
          },
        },
        createIcon(isChecked === true ? 'check' : icon),
        name,
      ),
    ),
  );
  menu.addEventListener('keydown', (event) => onKey(event, menu, close));
  menu.addEventListener('toggle', (event) => {
    if (event instanceof ToggleEvent && event.newState === 'open') return;
    button.ariaExpanded = 'false';
    menu.remove();
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && menu.contains(relatedTarget)) && menu.isConnected)
      menu.hidePopover();
  });
  button.after(menu);
  menu.showPopover();
  button.ariaExpanded = 'true';
  place(menu, button.getBoundingClientRect());
  menu.querySelector('button')?.focus();
}

/** Below the button, or above it where there is no room. */
function place(menu: HTMLElement, { top, right, bottom }: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const isBelow = bottom + height <= window.innerHeight || top < height;
  menu.style.left = `${Math.max(0, right - width)}px`;
  menu.style.top = `${isBelow ? Math.min(bottom, window.innerHeight - height) : top - height}px`;
}

function onKey(event: KeyboardEvent, menu: HTMLElement, close: () => void): void {
  const items = [...menu.querySelectorAll('button')];
  const at = items.findIndex((item) => item === document.activeElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const next = targets[event.key];
  if (next !== undefined) items[next]?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
  // Escape would also stop the answer, and VS Code would scroll by the arrows.
  event.stopPropagation();
}
