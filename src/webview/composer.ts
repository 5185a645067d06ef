import { h, icon, setText } from './dom';
import { isForInputMethod } from './inputMethod';
import { texts } from './texts';

export interface ComposerOptions {
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
  readonly onPickModel: () => void;
  /** The text or the caret changed. */
  readonly onDraft: () => void;
}

/** Where a message is written. While an answer runs Send is replaced by Stop and the text stays. */
export class Composer {
  readonly element: HTMLElement;
  readonly input: HTMLTextAreaElement;
  readonly #options: ComposerOptions;
  readonly #send: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #modelName = h('span', { class: 'model-name' });
  readonly #modelButton: HTMLButtonElement;
  #isRunning = false;

  constructor(options: ComposerOptions) {
    this.#options = options;
    this.input = h('textarea', {
      ...{ rows: '2', 'aria-label': texts.composer.label },
      ...{ placeholder: texts.composer.placeholder, spellcheck: 'true' },
      on: {
        input: () => this.#changed(),
        keydown: (event) => this.#onKey(event),
        select: () => options.onDraft(),
      },
    });
    this.#modelButton = h(
      'button',
      { type: 'button', class: 'model-button', on: { click: options.onPickModel } },
      this.#modelName,
      icon('chevron-down'),
    );
    this.#send = actionButton('send', texts.composer.send, () => this.#trySend());
    this.#stop = actionButton('debug-stop', texts.composer.stop, options.onStop);
    this.element = h(
      'div',
      { class: 'composer', on: { mousedown: (event) => this.#focusInput(event) } },
      this.input,
      h('div', { class: 'composer-row' }, this.#modelButton, this.#send, this.#stop),
    );
    this.setModel('');
    this.setRunning(false);
  }

  get text(): string {
    return this.input.value;
  }
  /** Start and end of the selection. */
  get caret(): readonly [number, number] {
    return [this.input.selectionStart, this.input.selectionEnd];
  }

  setText(text: string, caret: readonly [number, number] = [text.length, text.length]): void {
    this.input.value = text;
    this.input.setSelectionRange(...caret);
    this.#fit();
  }

  /** Puts `text` where the caret is, on lines of its own if there is something before it. */
  insert(text: string): void {
    const [start, end] = this.caret;
    const isLineStart = start === 0 || this.text[start - 1] === '\n';
    this.input.setRangeText(isLineStart ? text : `\n${text}`, start, end, 'end');
    this.#changed();
  }

  setModel(name: string): void {
    setText(this.#modelName, name === '' ? texts.composer.chooseModel : name);
    const label = name === '' ? texts.composer.chooseModel : texts.composer.model(name);
    this.#modelButton.setAttribute('aria-label', label);
    this.#modelButton.title = label;
  }

  setRunning(isRunning: boolean): void {
    const hadFocus = document.activeElement === this.#send || document.activeElement === this.#stop;
    this.#isRunning = isRunning;
    this.#send.hidden = isRunning;
    this.#stop.hidden = !isRunning;
    this.#fit();
    // The button that had the focus is gone: the keyboard must not be left nowhere.
    if (hadFocus && !this.element.contains(document.activeElement)) this.input.focus();
  }

  #changed(): void {
    this.#fit();
    this.#options.onDraft();
  }

  /** Grows with the text; the style sheet sets the limit. */
  #fit(): void {
    this.#send.disabled = this.text.trim() === '';
    this.input.style.height = 'auto';
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  #onKey(event: KeyboardEvent): void {
    if (isForInputMethod(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.#trySend();
  }

  #trySend(): void {
    const { text } = this;
    if (this.#isRunning || text.trim() === '') return;
    this.setText('');
    this.#options.onSend(text);
    this.input.focus();
  }

  /** A click between the controls means the text box. */
  #focusInput(event: MouseEvent): void {
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    this.input.focus();
  }
}

function actionButton(symbol: string, label: string, onClick: () => void): HTMLButtonElement {
  const attributes = { type: 'button', class: 'action', 'aria-label': label, title: label };
  return h('button', { ...attributes, on: { click: onClick } }, icon(symbol));
}
