import { defined } from '../shared/defined';
import type { FixButton, FromWebview, Notice } from '../shared/protocol';
import { createElement, createIcon } from './dom';

type Post = (message: FromWebview) => void;

/**
 * A notice with its buttons; the first button is primary if something is wrong.
 * @param turnId the turn that the notice is about
 */
export function createNotice(notice: Notice, post: Post, turnId?: string): HTMLElement {
  return createElement(
    'div',
    { class: `notice ${notice.severity}` },
    ...createNoticeText(notice),
    createFixButtons(notice, post, turnId),
  );
}

/** The same notice as a card with an icon, for an empty conversation. */
export function createNoticeCard(notice: Notice, post: Post): HTMLElement {
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
    createFixButtons(notice, post),
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
  post: Post,
  turnId?: string,
): HTMLElement | undefined {
  if (buttons.length === 0) return undefined;
  const make = ({ action, label }: FixButton, index: number): HTMLElement => {
    const style = index === 0 && severity !== 'info' ? 'button' : 'button secondary';
    const fix = (): void => post(defined({ type: 'fix', action, turnId }));
    return createElement('button', { type: 'button', class: style, on: { click: fix } }, label);
  };
  return createElement('div', { class: 'buttons' }, ...buttons.map(make));
}
