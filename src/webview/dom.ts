import { texts } from './texts/texts';

/** The few lines between this page and the DOM. Text always goes in as a text node. */

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

/** A codicon. It says nothing to a screen reader: the words beside it, or the button, do. */
export function createIcon(name: string): HTMLElement {
  return createElement('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** A button that shows only an icon; its name is spoken and shown as a tooltip. */
export function createIconButton(
  name: string,
  label: string,
  onClick: () => void,
): HTMLButtonElement {
  const attributes = { type: 'button', class: 'icon-button', 'aria-label': label, title: label };
  return createElement('button', { ...attributes, on: { click: onClick } }, createIcon(name));
}

/** Sets the text of `element` only where it differs, so that an unchanged line is left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Hides `element`, or shows it. Browsers style anew what is hidden once more, so that is not done. */
export function setHidden(element: HTMLElement, isHidden: boolean): void {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}

/** The key code of a key that an input method takes; the last one may not say `isComposing`. */
const inputMethodKey = 229;

/** Whether `event` belongs to an input method. `keyCode` is deprecated, and the only thing that tells. */
export function isForInputMethod(event: KeyboardEvent): boolean {
  return event.isComposing || Reflect.get(event, 'keyCode') === inputMethodKey;
}

/** Puts a text on the clipboard, and says whether it is there: a browser may refuse it. */
export async function copyText(text: string, say: (sentence: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(texts.copied);
  } catch {
    say(texts.notCopied);
  }
}
