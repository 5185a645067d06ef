import type { ContextUsage } from '../../shared/composerState';
import { h } from '../dom';
import { count } from '../formatFigures';
import { planTexts as texts } from './planTexts';
import type { PlanActions } from './contextDetailsLoader';

/** What the next message sends, and one press for each thing that can be done about it. */
export class PlanDetails {
  readonly element: HTMLElement;
  readonly #actions: PlanActions;
  readonly #close: () => void;

  constructor(actions: PlanActions, close: () => void) {
    this.#actions = actions;
    this.#close = close;
    this.element = h('div', {
      ...{ class: 'plan', role: 'dialog', 'aria-label': texts.title, tabindex: '-1' },
    });
  }

  show(plan: ContextUsage): void {
    const had = document.activeElement;
    const label = had instanceof HTMLElement && this.element.contains(had) ? had.textContent : '';
    const { moveFocus } = this.#actions;
    // Never without the focus in between: the details close when it leaves them.
    if (label !== '') moveFocus(this.element);
    this.element.replaceChildren(
      h('h3', {}, texts.title),
      table(plan),
      ...sentences(plan).map((sentence) => h('p', { class: 'plan-note' }, sentence)),
      h('div', { class: 'plan-acts' }, ...this.#attachments(), ...this.#acts(plan)),
    );
    // The button that had the focus is another one now.
    if (label !== '') {
      const buttons = [...this.element.querySelectorAll('button')];
      moveFocus(buttons.find(({ textContent }) => textContent === label) ?? this.element);
    }
  }

  #attachments(): HTMLElement[] {
    return this.#actions
      .attached()
      .map(({ id, label }) =>
        this.#act(texts.detach(label), () => this.#actions.onDetach(id), true),
      );
  }

  #acts(plan: ContextUsage): HTMLElement[] {
    const { onForget, onStartAnew, onRaise, lastSaid } = this.#actions;
    const last = lastSaid();
    const acts: HTMLElement[] = [];
    if (plan.excluded > 0) acts.push(this.#act(texts.recall, () => onForget(null), true));
    if (last !== undefined && plan.history > 0) {
      acts.push(this.#act(texts.forget, () => onForget(last), true));
      acts.push(this.#act(texts.startAnew, onStartAnew));
    }
    return [...acts, this.#act(texts.raise, onRaise)];
  }

  /** What changes the plan leaves the details open, to show what it did. */
  #act(label: string, run: () => void, stays = false): HTMLElement {
    const click = (): void => {
      if (!stays) this.#close();
      run();
    };
    return h('button', { type: 'button', class: 'button secondary', on: { click } }, label);
  }
}

function table(plan: ContextUsage): HTMLElement {
  const { system, history, attachments, draft, answerBudget, limit } = plan;
  const rows: readonly (readonly [string, number])[] = [
    [texts.system, system],
    [texts.history, history],
    [texts.attachments, attachments],
    [texts.draft, draft],
    [texts.room, answerBudget],
  ];
  const shown = rows
    .filter(([, tokens]) => tokens > 0)
    .map(([name, tokens]) => row(name, count(tokens)));
  const total = row(texts.context, count(limit.tokens));
  total.classList.add('plan-total');
  return h('dl', {}, ...shown, total);
}

function row(name: string, value: string): HTMLElement {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

function sentences({ limit, leftOut, excluded, isTooLong }: ContextUsage): readonly string[] {
  return [
    ...(isTooLong ? [texts.tooLong] : []),
    ...(leftOut > 0 ? [texts.leftOut(leftOut)] : []),
    ...(excluded > 0 ? [texts.forgotten(excluded)] : []),
    texts.source[limit.source],
  ];
}
