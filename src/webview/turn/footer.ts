import type { AssistantTurnView } from '../../shared/protocol';
import { h, iconButton } from '../dom';
import { texts } from '../texts/texts';
import { branchSwitch } from './branchSwitch';
import { figuresLine, figuresTable } from './figures';
import type { TurnActions } from './turnElement';

/** The line under a finished answer: its figures, which open, and what can be done with it. */
export function footer(turn: AssistantTurnView, actions: TurnActions): HTMLElement {
  const line = figuresLine(turn.metrics ?? {});
  const table = figures(turn);
  const summary = h(
    'button',
    {
      ...{ type: 'button', class: 'figures-toggle', 'aria-expanded': 'false' },
      ...{ title: texts.answer.figures, on: { click: () => toggle(summary, table) } },
    },
    line,
  );
  const buttons = h('div', { class: 'footer-actions' }, ...footerButtons(turn, actions));
  const left = line === '' ? h('span') : summary;
  return h('footer', {}, h('div', { class: 'footer-line' }, left, buttons), table);
}

function footerButtons(turn: AssistantTurnView, actions: TurnActions): (Node | undefined)[] {
  const { id: turnId, text, branch, notice } = turn;
  const { onRequest, onCopy } = actions;
  const isOffered = notice?.buttons.some(({ action }) => action === 'retry') === true;
  const retry = iconButton('refresh', texts.answer.retry, () =>
    onRequest({ type: 'regenerate', turnId }),
  );
  const other = iconButton('arrow-swap', texts.answer.askWithModel, () =>
    onRequest({ type: 'askWithModel', turnId }),
  );
  return [
    text === '' ? undefined : iconButton('copy', texts.answer.copy, () => onCopy(text)),
    h('div', { class: 'again needs-idle' }, ...(isOffered ? [other] : [retry, other])),
    branchSwitch(branch, (step) => onRequest({ type: 'selectBranch', turnId, step })),
  ];
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
  if (!table.hidden) table.scrollIntoView({ block: 'nearest' });
}
