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
