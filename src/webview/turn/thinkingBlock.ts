import { createElement, createIcon, setText } from '../dom';
import { MarkdownStream } from '../markdown/markdownStream';
import { texts } from '../texts/texts';

/** The model's reasoning, collapsed to one line. It is drawn only while it is expanded. */
export class ThinkingBlock {
  readonly element: HTMLElement;
  readonly #label = createElement('span');
  readonly #button: HTMLButtonElement;
  readonly #body: HTMLElement;
  readonly #onToggle: (isOpen: boolean) => void;
  #stream: MarkdownStream | undefined;
  #text = '';
  #taken = 0;
  #isFinal = false;

  /** @param onToggle called when the user expands or collapses it */
  constructor(id: string, onToggle: (isOpen: boolean) => void) {
    this.#onToggle = onToggle;
    this.#body = createElement('div', {
      class: 'thinking-body',
      id,
      hidden: true,
      role: 'group',
      'aria-label': texts.thinking.region,
    });
    this.#button = createElement(
      'button',
      {
        type: 'button',
        class: 'thinking-toggle',
        'aria-expanded': 'false',
        'aria-controls': id,
        on: { click: () => this.#toggle() },
      },
      createIcon('chevron-right'),
      this.#label,
    );
    this.element = createElement(
      'div',
      { class: 'thinking', hidden: true },
      this.#button,
      this.#body,
    );
  }

  get isOpen(): boolean {
    return !this.#body.hidden;
  }

  setLabel(label: string): void {
    setText(this.#label, label);
  }

  /** @param isFinal no more text follows */
  setText(text: string, isFinal: boolean): void {
    this.#text = text;
    this.#isFinal = isFinal;
  }

  open(isOpen: boolean): void {
    this.#body.hidden = !isOpen;
    this.#button.setAttribute('aria-expanded', String(isOpen));
  }

  /** Draws new content while `hasTime` returns true; returns whether work is left. */
  advance(hasTime: () => boolean): boolean {
    if (!this.isOpen) return false;
    this.#stream ??= this.#start();
    this.#stream.append(this.#text.slice(this.#taken));
    this.#taken = this.#text.length;
    if (this.#isFinal) this.#stream.end();
    return this.#stream.advance(hasTime);
  }

  #start(): MarkdownStream {
    const stream = new MarkdownStream();
    this.#body.append(stream.element);
    return stream;
  }

  #toggle(): void {
    this.open(!this.isOpen);
    this.#onToggle(this.isOpen);
  }
}
