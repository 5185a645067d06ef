import type { FixAction, FixButton, Notice } from '../shared/protocol';
import { createElement, createIcon } from './dom';

/** A notice with its buttons; the first button is primary if something is wrong. */
export function createNotice(notice: Notice, onFix: (action: FixAction) => void): HTMLElement {
  return createElement(
    'div',
    { class: `notice ${notice.severity}` },
    ...createNoticeText(notice),
    createFixButtons(notice, onFix),
  );
}

/** The same notice as a card with an icon, for an empty conversation. */
export function createNoticeCard(notice: Notice, onFix: (action: FixAction) => void): HTMLElement {
  const symbol = createIcon(notice.severity === 'info' ? 'info' : 'debug-disconnect');
  symbol.classList.add(notice.severity);
  return createElement(
    'div',
    { class: 'card' },
    createElement(
      'div',
      { class: 'card-words' },
      symbol,
      createElement('div', {}, ...createNoticeText(notice)),
    ),
    createFixButtons(notice, onFix),
  );
}

function createNoticeText({ sentence, detail }: Notice): HTMLElement[] {
  const first = createElement('p', { class: 'notice-sentence' }, sentence);
  return detail === undefined
    ? [first]
    : [first, createElement('p', { class: 'notice-detail' }, detail)];
}

function createFixButtons(
  { buttons, severity }: Notice,
  onFix: (action: FixAction) => void,
): HTMLElement | undefined {
  if (buttons.length === 0) return undefined;
  const make = ({ action, label }: FixButton, index: number): HTMLElement => {
    const style = index === 0 && severity !== 'info' ? 'button' : 'button secondary';
    return createElement(
      'button',
      { type: 'button', class: style, on: { click: () => onFix(action) } },
      label,
    );
  };
  return createElement('div', { class: 'buttons' }, ...buttons.map(make));
}
