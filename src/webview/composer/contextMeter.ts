import { type ContextUsage, isCut } from '../../shared/composerState';
import type { FromWebview } from '../../shared/protocol';
import { createElement, moveFocus, setText } from '../dom';
import { count, shortCount } from '../formatFigures';
import { texts } from '../texts/texts';

export interface ContextActions {
  readonly post: (message: FromWebview) => void;
  /** The attachments of the message being written. */
  readonly attached: () => readonly { readonly id: string; readonly label: string }[];
  /** The user's last message in the conversation; undefined if there is none. */
  readonly lastMessageId: () => string | undefined;
  readonly hasModel: () => boolean;
}

/**
 * How much of the context window the next request uses: a ring and two numbers. A click opens the details
 * above the composer.
 */
export class ContextMeter {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #ring = createElement('span', { class: 'meter-ring', 'aria-hidden': 'true' });
  readonly #numbers = createElement('span', { class: 'meter-numbers' });
  readonly #actions: ContextActions;
  #details: ContextDetails | undefined;
  #usage: ContextUsage | undefined;

  constructor(actions: ContextActions) {
    this.#actions = actions;
    this.#button = createElement(
      'button',
      {
        type: 'button',
        class: 'meter',
        'aria-haspopup': 'dialog',
        'aria-expanded': 'false',
        on: { click: () => this.#toggle() },
      },
      this.#ring,
      this.#numbers,
    );
    this.element = createElement(
      'div',
      {
        class: 'meter-place',
        hidden: true,
        on: { keydown: (event) => this.#onKey(event), focusout: (event) => this.#onLeave(event) },
      },
      this.#button,
    );
  }

  show(usage: ContextUsage): void {
    this.#usage = usage;
    const { tokens } = usage.limit;
    const used = countUsedTokens(usage);
    const isEmpty = usage.history + usage.attachments + usage.draft === 0;
    this.element.hidden = isEmpty || !this.#actions.hasModel();
    if (this.element.hidden) this.#close();
    this.#ring.style.setProperty('--used', `${Math.min(100, (used / tokens) * 100)}%`);
    this.#button.dataset['state'] = getMeterState(usage);
    const isKnown = usage.limit.source !== 'unknown';
    this.#ring.hidden = !isKnown;
    const numbers = isKnown
      ? texts.contextUsage.numbers(shortCount(used), shortCount(tokens))
      : texts.figures.tokens(used);
    setText(this.#numbers, numbers);
    // The accessible name begins with the visible text (WCAG 2.5.3).
    const words = isKnown
      ? texts.contextUsage.meter(used, tokens, usage.leftOut)
      : texts.contextUsage.meterOfUnknown(used);
    const label = `${numbers}: ${words}`;
    this.#button.setAttribute('aria-label', label);
    this.#button.title = label;
    this.#details?.show(usage);
  }

  #toggle(): void {
    if (this.#details) this.#close();
    else this.#open();
  }

  #open(): void {
    if (!this.#usage) return;
    this.#details = new ContextDetails(this.#actions, () => this.#close());
    this.#details.show(this.#usage);
    this.element.append(this.#details.element);
    this.#button.setAttribute('aria-expanded', 'true');
    moveFocus(this.#details.element);
  }

  #close(): void {
    const details = this.#details;
    if (!details) return;
    // Removing the focused element raises `focusout`, which would call this again.
    this.#details = undefined;
    if (details.element.contains(document.activeElement)) moveFocus(this.#button);
    details.element.remove();
    this.#button.setAttribute('aria-expanded', 'false');
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#details) return;
    // Escape closes the details and does not stop the answer.
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  }

  #onLeave({ relatedTarget }: FocusEvent): void {
    const isInside = relatedTarget instanceof Node && this.element.contains(relatedTarget);
    if (!isInside && document.hasFocus()) this.#close();
  }
}

export function countUsedTokens({ system, history, attachments, draft }: ContextUsage): number {
  return system + history + attachments + draft;
}

/** From this part of the context on the meter warns. */
const warnFrom = 0.8;

function getMeterState(usage: ContextUsage): string {
  const used = countUsedTokens(usage) / usage.limit.tokens;
  if (used > 1) return 'tooLong';
  return used >= warnFrom || isCut(usage) ? 'full' : 'fits';
}

/** What the next request consists of, and buttons to change it. */
class ContextDetails {
  readonly element: HTMLElement;
  readonly #actions: ContextActions;
  readonly #close: () => void;

  constructor(actions: ContextActions, close: () => void) {
    this.#actions = actions;
    this.#close = close;
    this.element = createElement('div', {
      class: 'plan',
      role: 'dialog',
      'aria-label': texts.contextUsage.title,
      tabindex: '-1',
    });
  }

  show(usage: ContextUsage): void {
    const had = document.activeElement;
    const label = had instanceof HTMLElement && this.element.contains(had) ? had.textContent : '';
    // Keep the focus inside: the details close when they lose it.
    if (label !== '') moveFocus(this.element);
    this.element.replaceChildren(
      createElement('h3', {}, texts.contextUsage.title),
      createTokenTable(usage),
      ...getNotes(usage).map((sentence) => createElement('p', { class: 'plan-note' }, sentence)),
      createElement(
        'div',
        { class: 'plan-acts' },
        ...this.#createRemoveButtons(),
        ...this.#createButtons(usage),
      ),
    );
    // The focused button was replaced by a new one.
    if (label !== '') {
      const buttons = [...this.element.querySelectorAll('button')];
      moveFocus(buttons.find(({ textContent }) => textContent === label) ?? this.element);
    }
  }

  #createRemoveButtons(): HTMLElement[] {
    return this.#actions
      .attached()
      .map(({ id, label }) =>
        this.#createButton(texts.contextUsage.detach(label), { type: 'detach', id }, true),
      );
  }

  #createButtons(usage: ContextUsage): HTMLElement[] {
    const last = this.#actions.lastMessageId();
    const buttons: HTMLElement[] = [];
    const exclude = (label: string, turnId: string | null): HTMLElement =>
      this.#createButton(label, { type: 'setContextStart', turnId }, true);
    if (usage.excluded > 0) buttons.push(exclude(texts.contextUsage.recall, null));
    if (last !== undefined && usage.history > 0) {
      buttons.push(exclude(texts.contextUsage.forget, last));
      buttons.push(this.#createButton(texts.contextUsage.summarize, { type: 'startFromSummary' }));
    }
    return [...buttons, this.#createButton(texts.contextUsage.raise, { type: 'setContextLength' })];
  }

  /** @param stays keeps the details open, to show the effect */
  #createButton(label: string, request: FromWebview, stays = false): HTMLElement {
    const click = (): void => {
      if (!stays) this.#close();
      this.#actions.post(request);
    };
    return createElement(
      'button',
      { type: 'button', class: 'button secondary', on: { click } },
      label,
    );
  }
}

function createTokenTable(usage: ContextUsage): HTMLElement {
  const { system, history, attachments, draft, answerBudget, limit } = usage;
  const rows: readonly (readonly [string, number])[] = [
    [texts.contextUsage.system, system],
    [texts.contextUsage.history, history],
    [texts.contextUsage.attachments, attachments],
    [texts.contextUsage.draft, draft],
    // Of a context whose length is not known, nothing can be kept free.
    [texts.contextUsage.room, limit.source === 'unknown' ? 0 : answerBudget],
  ];
  const shown = rows
    .filter(([, tokens]) => tokens > 0)
    .map(([name, tokens]) => createTokenRow(name, count(tokens)));
  if (limit.source === 'unknown') return createElement('dl', {}, ...shown);
  const total = createTokenRow(texts.contextUsage.context, count(limit.tokens));
  total.classList.add('plan-total');
  return createElement('dl', {}, ...shown, total);
}

function createTokenRow(name: string, value: string): HTMLElement {
  return createElement('div', {}, createElement('dt', {}, name), createElement('dd', {}, value));
}

function getNotes(usage: ContextUsage): readonly string[] {
  const { limit, leftOut, excluded, isTooLong, isAnswerShortened, attachmentsLeftOut } = usage;
  return [
    ...(usage.raise ? [texts.contextUsage.willRaise(shortCount(usage.raise.to))] : []),
    ...(isTooLong ? [texts.contextUsage.tooLong] : []),
    ...(leftOut > 0 ? [texts.contextUsage.leftOut(leftOut)] : []),
    ...(isAnswerShortened ? [texts.contextUsage.willShorten] : []),
    ...(attachmentsLeftOut > 0 ? [texts.contextUsage.willLeaveOutFiles] : []),
    ...(excluded > 0 ? [texts.contextUsage.forgotten(excluded)] : []),
    texts.contextUsage.source[limit.source],
  ];
}
