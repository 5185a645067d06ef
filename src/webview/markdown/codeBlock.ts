import { h, iconButton } from '../dom';
import { visible } from '../links';
import { texts } from '../texts';
import { highlighted } from './highlight';

declare global {
  interface HTMLElementEventMap {
    /** Asks whoever holds the page to copy a text. */
    'cria-copy': CustomEvent<{ readonly text: string }>;
  }
}

/**
 * A code block with its header. While its fence is open the text only grows, inside one text node;
 * colours come once, when it closes.
 */
export class CodeBlock {
  readonly element: HTMLElement;
  readonly #language: string;
  readonly #code = h('code');
  readonly #text = document.createTextNode('');
  #open = true;

  constructor(language: string) {
    this.#language = language;
    const name = language === '' ? texts.code.plain : visible(language);
    this.#code.append(this.#text);
    const pre = h(
      'pre',
      { tabindex: '0', role: 'region', 'aria-label': texts.code.region(name) },
      this.#code,
    );
    const copy = iconButton('copy', texts.code.copy, () => this.#copy(copy));
    this.element = h(
      'div',
      { class: 'code-block' },
      h('div', { class: 'code-header' }, h('span', { class: 'code-language' }, name), copy),
      pre,
    );
  }

  get language(): string {
    return this.#language;
  }
  get isOpen(): boolean {
    return this.#open;
  }
  get text(): string {
    return this.#text.data;
  }

  append(text: string): void {
    if (text !== '') this.#text.appendData(text);
  }

  /** No more text comes. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    highlighted(this.#language, this.text, (fragment) => this.#code.replaceChildren(fragment));
  }

  #copy(button: HTMLElement): void {
    const detail = { text: this.#code.textContent };
    button.dispatchEvent(new CustomEvent('cria-copy', { bubbles: true, detail }));
  }
}
