import { createElement, createIconButton, isForInputMethod, setText } from '../dom';
import { moveFocus } from '../focus';
import { texts } from '../texts/texts';

export interface FindBarOptions {
  readonly onQuery: (query: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onClose: () => void;
}

/** The find bar above the conversation: the query, the position of the match, and buttons to step. */
export class FindBar {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #count = createElement('span', { class: 'find-count' });

  constructor(options: FindBarOptions) {
    const { onQuery, onStep, onClose } = options;
    this.#input = createElement('input', {
      type: 'text',
      spellcheck: 'false',
      autocomplete: 'off',
      'aria-label': texts.find.label,
      placeholder: texts.find.label,
      on: { input: () => onQuery(this.#input.value) },
    });
    this.element = createElement(
      'div',
      {
        class: 'find',
        role: 'search',
        'aria-label': texts.find.region,
        hidden: true,
        on: { keydown: (event) => onKey(event, onStep, this.#input) },
      },
      this.#input,
      this.#count,
      createIconButton('arrow-up', texts.find.previous, () => onStep(-1)),
      createIconButton('arrow-down', texts.find.next, () => onStep(1)),
      createIconButton('close', texts.find.close, onClose),
    );
  }

  get query(): string {
    return this.#input.value;
  }

  /** Shows the bar; `query` replaces the text unless it is empty. The text is selected. */
  open(query: string): void {
    this.element.hidden = false;
    if (query !== '') this.#input.value = query;
    // `select()` would take the focus.
    this.#input.setSelectionRange(0, this.#input.value.length);
    moveFocus(this.#input);
  }

  close(): void {
    this.element.hidden = true;
  }

  setCount(text: string): void {
    setText(this.#count, text);
  }
}

/** Enter and Shift+Enter in the input step to the next and previous match. */
function onKey(
  event: KeyboardEvent,
  onStep: FindBarOptions['onStep'],
  input: HTMLInputElement,
): void {
  if (event.key !== 'Enter' || event.target !== input || isForInputMethod(event)) return;
  onStep(event.shiftKey ? -1 : 1);
  event.preventDefault();
  event.stopPropagation();
}
