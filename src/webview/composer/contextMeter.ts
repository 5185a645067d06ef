import type { ContextUsage } from '../../shared/composerState';
import { h, setText } from '../dom';
import { shortCount } from '../formatFigures';
import { texts } from '../texts/texts';
import { loadPlanDetails, type PlanActions, type PlanDetails } from './contextDetailsLoader';
import { moveFocus } from '../focus';

/**
 * How much of the context the message would take, before it is sent: a ring and two numbers. What it is
 * made of, and what can be done about it, opens above the composer.
 */
export class Meter {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #ring = h('span', { class: 'meter-ring', 'aria-hidden': 'true' });
  readonly #numbers = h('span', { class: 'meter-numbers' });
  readonly #actions: PlanActions;
  #details: PlanDetails | undefined;
  #plan: ContextUsage | undefined;

  constructor(actions: PlanActions) {
    this.#actions = actions;
    this.#button = h(
      'button',
      {
        ...{ type: 'button', class: 'meter', 'aria-haspopup': 'dialog', 'aria-expanded': 'false' },
        on: { click: () => void this.#toggle() },
      },
      this.#ring,
      this.#numbers,
    );
    this.element = h(
      'div',
      {
        class: 'meter-place',
        hidden: true,
        on: { keydown: (event) => this.#onKey(event), focusout: (event) => this.#onLeave(event) },
      },
      this.#button,
    );
  }

  show(plan: ContextUsage): void {
    this.#plan = plan;
    const { tokens } = plan.limit;
    const used = usedTokens(plan);
    this.element.hidden = false;
    this.#ring.style.setProperty('--used', `${Math.min(100, (used / tokens) * 100)}%`);
    this.#button.dataset['state'] = stateOf(plan);
    const numbers = `${shortCount(used)} / ${shortCount(tokens)}`;
    setText(this.#numbers, numbers);
    // What is spoken begins with what is seen.
    const label = `${numbers}: ${texts.plan.meter(used, tokens, plan.leftOut)}`;
    this.#button.setAttribute('aria-label', label);
    this.#button.title = label;
    this.#details?.show(plan);
  }

  async #toggle(): Promise<void> {
    if (this.#details) this.#close();
    else this.#open(await loadPlanDetails());
  }

  #open(Details: Awaited<ReturnType<typeof loadPlanDetails>>): void {
    if (!this.#plan || this.#details) return;
    this.#details = new Details(this.#actions, () => this.#close());
    this.#details.show(this.#plan);
    this.element.append(this.#details.element);
    this.#button.setAttribute('aria-expanded', 'true');
    moveFocus(this.#details.element);
  }

  #close(): void {
    const details = this.#details;
    if (!details) return;
    // Removing what has the focus tells of its leaving, which would close them again.
    this.#details = undefined;
    if (details.element.contains(document.activeElement)) moveFocus(this.#button);
    details.element.remove();
    this.#button.setAttribute('aria-expanded', 'false');
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#details) return;
    // It closes the details, and does not stop the answer.
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  }

  #onLeave({ relatedTarget }: FocusEvent): void {
    const isInside = relatedTarget instanceof Node && this.element.contains(relatedTarget);
    if (!isInside && document.hasFocus()) this.#close();
  }
}

export function usedTokens({ system, history, attachments, draft }: ContextUsage): number {
  return system + history + attachments + draft;
}

function stateOf(plan: ContextUsage): string {
  if (plan.isTooLong) return 'tooLong';
  if (plan.leftOut > 0) return 'full';
  return usedTokens(plan) + plan.answerBudget > 0.9 * plan.limit.tokens ? 'full' : 'fits';
}
