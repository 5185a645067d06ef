import { h, icon } from '../dom';
import type { CompletionItem } from './completion';

const listId = 'completion';

/** The list above a text box that keeps the focus: the box says which option is the active one. */
export class CompletionList {
  readonly element = h('div', { id: listId, class: 'completion', role: 'listbox', hidden: true });
  readonly #input: HTMLTextAreaElement;
  readonly #onChosen: (item: CompletionItem) => void;
  #items: readonly CompletionItem[] = [];
  #active = 0;

  constructor(input: HTMLTextAreaElement, onChosen: (item: CompletionItem) => void) {
    this.#input = input;
    this.#onChosen = onChosen;
    input.setAttribute('aria-autocomplete', 'list');
    // A press on the list must not take the focus out of the text box.
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
  }

  get isOpen(): boolean {
    return this.#items.length > 0;
  }

  get active(): CompletionItem | undefined {
    return this.#items[this.#active];
  }

  /** Shows these; none closes the list. */
  show(items: readonly CompletionItem[], name: string): void {
    this.#items = items;
    this.element.hidden = items.length === 0;
    this.element.setAttribute('aria-label', name);
    this.element.replaceChildren(...items.map((item, index) => this.#option(item, index)));
    if (this.isOpen) {
      this.#input.setAttribute('aria-controls', listId);
      this.#activate(0);
    } else {
      this.#input.removeAttribute('aria-controls');
      this.#input.removeAttribute('aria-activedescendant');
    }
  }

  /** Steps on, from the last to the first. */
  move(step: 1 | -1): void {
    this.#activate((this.#active + step + this.#items.length) % this.#items.length);
  }

  #activate(index: number): void {
    this.#active = index;
    for (const [at, option] of [...this.element.children].entries()) {
      option.setAttribute('aria-selected', String(at === index));
    }
    const option = this.element.children[index];
    option?.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', option?.id ?? '');
  }

  #option(item: CompletionItem, index: number): HTMLElement {
    const { label, detail, icon: symbol } = item;
    return h(
      'div',
      {
        ...{ id: `${listId}-${index}`, class: 'completion-item', role: 'option' },
        on: {
          click: () => this.#onChosen(item),
          mousemove: () => {
            if (this.#active !== index) this.#activate(index);
          },
        },
      },
      symbol === undefined ? undefined : icon(symbol),
      h('span', { class: 'completion-label' }, label),
      detail === undefined ? undefined : h('span', { class: 'completion-detail' }, detail),
    );
  }
}
