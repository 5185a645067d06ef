import type { AssistantTurnView } from '../../shared/protocol';
import { h, iconButton } from '../dom';
import { texts } from '../texts';
import { figuresLine, figuresTable } from './figures';

export interface FooterActions {
  readonly copy: () => void;
  readonly retry: () => void;
}

/** The line under a finished answer: its figures, which open, and what can be done with it. */
export function footer(turn: AssistantTurnView, actions: FooterActions): HTMLElement {
  const line = figuresLine(turn.metrics ?? {});
  const table = figures(turn);
  const summary = h(
    'button',
    {
      ...{ type: 'button', class: 'figures-toggle', 'aria-expanded': 'false' },
      ...{ title: texts.answer.figures, on: { click: () => toggle(summary, table) } },
    },
    line === '' ? texts.answer.figures : line,
  );
  const buttons = h(
    'div',
    { class: 'footer-actions' },
    ...(turn.text === '' ? [] : [iconButton('copy', texts.answer.copy, actions.copy)]),
    iconButton('refresh', texts.answer.retry, actions.retry),
  );
  const left = line === '' && turn.metrics === undefined ? h('span') : summary;
  return h('footer', {}, h('div', { class: 'footer-line' }, left, buttons), table);
}

function figures(turn: AssistantTurnView): HTMLElement {
  const rows = figuresTable(turn).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value)),
  );
  return h('dl', { class: 'figures', hidden: true }, ...rows);
}

function toggle(button: HTMLElement, table: HTMLElement): void {
  table.hidden = !table.hidden;
  button.setAttribute('aria-expanded', String(!table.hidden));
}
