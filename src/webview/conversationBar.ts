import { createElement, createIcon, setText } from './dom';
import { texts } from './texts/texts';

/** The title of the conversation above the transcript; a click opens the list of conversations. */
export class ConversationBar {
  readonly element: HTMLElement;
  readonly #title = createElement('span', { class: 'conversation-title' });
  readonly #button: HTMLButtonElement;

  constructor(onSwitch: () => void) {
    this.#button = createElement(
      'button',
      { type: 'button', class: 'conversation-button', on: { click: onSwitch } },
      this.#title,
      createIcon('chevron-down'),
    );
    this.element = createElement('div', { class: 'conversation-bar' }, this.#button);
  }

  update(title: string): void {
    const shown = title === '' ? texts.conversation.untitled : title;
    setText(this.#title, shown);
    const label = texts.conversation.switch(shown);
    this.#button.title = label;
    this.#button.setAttribute('aria-label', label);
  }
}
