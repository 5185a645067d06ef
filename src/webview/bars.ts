import type { FixAction, FixButton, Notice } from '../shared/protocol';
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

/** A notice with its buttons; the first is the likely one, and stands out where something is wrong. */
export function noticeView(notice: Notice, onFix: (action: FixAction) => void): HTMLElement {
  return h(
    'div',
    { class: `notice ${notice.severity}` },
    ...words(notice),
    fixButtons(notice, onFix),
  );
}

/** The same as a card with an icon, where there is nothing else to look at. */
export function noticeCard(notice: Notice, onFix: (action: FixAction) => void): HTMLElement {
  const symbol = icon(notice.severity === 'info' ? 'info' : 'debug-disconnect');
  symbol.classList.add(notice.severity);
  return h(
    'div',
    { class: 'card' },
    h('div', { class: 'card-words' }, symbol, h('div', {}, ...words(notice))),
    fixButtons(notice, onFix),
  );
}

function words({ sentence, detail }: Notice): HTMLElement[] {
  const first = h('p', { class: 'notice-sentence' }, sentence);
  return detail === undefined ? [first] : [first, h('p', { class: 'notice-detail' }, detail)];
}

function fixButtons(
  { buttons, severity }: Notice,
  onFix: (action: FixAction) => void,
): HTMLElement | undefined {
  if (buttons.length === 0) return undefined;
  const make = ({ action, label }: FixButton, index: number): HTMLElement => {
    const style = index === 0 && severity !== 'info' ? 'button' : 'button secondary';
    return h('button', { type: 'button', class: style, on: { click: () => onFix(action) } }, label);
  };
  return h('div', { class: 'buttons' }, ...buttons.map(make));
}
