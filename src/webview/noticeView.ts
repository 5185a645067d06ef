import type { FixAction, FixButton, Notice } from '../shared/protocol';
import { h, icon } from './dom';

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
