import { h, icon, setText } from './dom';
import { texts } from './texts/texts';

/** Above the conversation: which one it is, and the way to the others. */
export class ConversationBar {
  readonly element: HTMLElement;
  readonly #title = h('span', { class: 'conversation-title' });
  readonly #button: HTMLButtonElement;

  constructor(onSwitch: () => void) {
    this.#button = h(
      'button',
      { type: 'button', class: 'conversation-button', on: { click: onSwitch } },
      this.#title,
      icon('chevron-down'),
    );
    this.element = h('div', { class: 'conversation-bar' }, this.#button);
  }

  update(title: string): void {
    const shown = title === '' ? texts.conversation.untitled : title;
    setText(this.#title, shown);
    const label = texts.conversation.switch(shown);
    this.#button.title = label;
    this.#button.setAttribute('aria-label', label);
  }
}
