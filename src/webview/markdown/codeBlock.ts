import { namedFile } from '../../shared/namedFile';
import { h, setText } from '../dom';
import { visible } from '../../shared/visible';
import { texts } from '../texts/texts';
import { addActions, codeTools } from './codeTools';
import { highlighted } from './highlight';

/**
 * A code block with its header. While its fence is open the text only grows, inside one text node;
 * colours come once, when it closes.
 */
export class CodeBlock {
  readonly element: HTMLElement;
  readonly #info: string;
  readonly #language: string;
  readonly #name: HTMLElement;
  readonly #tools: HTMLElement;
  readonly #code = h('code');
  readonly #text = document.createTextNode('');
  #open = true;

  /** @param info what stands behind the marks of the fence */
  constructor(info: string) {
    this.#info = info;
    this.#language = /^[^\s:{]*/u.exec(info)?.[0] ?? '';
    const name = this.#language === '' ? texts.code.plain : visible(this.#language);
    this.#code.append(this.#text);
    this.#name = h('span', { class: 'code-language' }, name);
    this.#tools = codeTools(() => this.#code.textContent);
    this.element = h(
      'div',
      { class: 'code-block' },
      h('div', { class: 'code-header' }, this.#name, this.#tools),
      h('pre', { tabindex: '0', role: 'group', 'aria-label': texts.code.region(name) }, this.#code),
    );
  }

  get info(): string {
    return this.#info;
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
    const file = namedFile(this.#info, this.text);
    if (file !== undefined) setText(this.#name, file);
    addActions(this.#tools, file);
    highlighted(this.#language, this.text, (fragment) => this.#code.replaceChildren(fragment));
  }
}
