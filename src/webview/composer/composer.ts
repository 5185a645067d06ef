import {
  type AttachmentView,
  type FromWebview,
  maxMessageLength,
  type RefusalReason,
  type TurnView,
} from '../../shared/protocol';
import { maxAttachmentLength } from '../../shared/turn';
import {
  createElement,
  createIcon,
  createIconButton,
  isForInputMethod,
  moveFocus,
  setText,
} from '../dom';
import { texts } from '../texts/texts';
import { AttachmentRow } from './attachmentRow';
import { Completion, type CompletionSource } from './completion';

export interface ComposerOptions {
  readonly completions: readonly CompletionSource[];
  readonly meter: HTMLElement;
  readonly say: (sentence: string) => void;
  /** The turns of the conversation; the arrow keys recall its messages. */
  readonly turns: () => readonly TurnView[];
  readonly post: (message: FromWebview) => void;
  readonly onSend: (text: string) => void;
  /** The text or the caret changed. */
  readonly onDraft: () => void;
}

/** The message input. While an answer is running there is a Stop button, and sent messages are queued. */
export class Composer {
  readonly element: HTMLElement;
  readonly input: HTMLTextAreaElement;
  readonly #options: ComposerOptions;
  readonly #send: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #modelName = createElement('span', { class: 'model-name' });
  readonly #modelButton: HTMLButtonElement;
  readonly #completion: Completion;
  readonly #attached: AttachmentRow;
  readonly #recall: MessageRecall;
  readonly refusal: RefusalNotice;
  #isRunning = false;

  constructor(options: ComposerOptions) {
    this.#options = options;
    const { post } = options;
    this.input = createElement('textarea', {
      rows: '2',
      dir: 'auto',
      'aria-label': texts.composer.label,
      placeholder: texts.composer.placeholder,
      spellcheck: 'true',
      on: {
        beforeinput: (event) => this.#limit(event),
        input: (event) => this.#typed(event),
        keydown: (event) => this.#onKey(event),
        select: () => options.onDraft(),
        compositionend: () => this.#completion.refresh(),
        keyup: () => this.#completion.refresh(),
        click: () => this.#completion.refresh(),
      },
    });
    this.#completion = new Completion({
      input: this.input,
      sources: options.completions,
      say: options.say,
      onAccepted: () => this.#changed(),
    });
    this.#attached = new AttachmentRow({ input: this.input, post });
    this.#recall = new MessageRecall(options.turns);
    this.refusal = new RefusalNotice(options);
    this.#modelButton = createElement(
      'button',
      { type: 'button', class: 'model-button', on: { click: () => post({ type: 'pickModel' }) } },
      this.#modelName,
      createIcon('chevron-down'),
    );
    this.#send = actionButton('send', texts.composer.send, () => this.send());
    this.#stop = actionButton('debug-stop', texts.composer.stop, () => post({ type: 'stop' }));
    this.element = createElement(
      'div',
      { class: 'composer', on: { mousedown: (event) => this.#focusInput(event) } },
      this.#completion.element,
      this.refusal.element,
      this.#attached.element,
      this.input,
      createElement(
        'div',
        { class: 'composer-row' },
        createIconButton('add', texts.composer.attach, () =>
          post({ type: 'attach', source: 'pick' }),
        ),
        this.#modelButton,
        options.meter,
        this.#send,
        this.#stop,
      ),
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

  /** Removes a message that was sent; what the user has typed since stays. */
  removeSent(text: string): void {
    if (!this.text.startsWith(text)) return;
    const [start, end] = this.caret;
    const { length } = text;
    this.setText(this.text.slice(length), [Math.max(0, start - length), Math.max(0, end - length)]);
    // What was to be completed is sent.
    this.#completion.refresh();
  }

  /** Inserts `text` after the selection, on a new line unless the caret is at the start of one. */
  insert(text: string): void {
    const [, end] = this.caret;
    const isLineStart = end === 0 || this.text[end - 1] === '\n';
    this.input.setRangeText(isLineStart ? text : `\n${text}`, end, end, 'end');
    this.#changed();
  }

  setAttached(attachments: readonly AttachmentView[]): void {
    this.#attached.show(attachments);
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
    this.#stop.hidden = !isRunning;
    const label = isRunning ? texts.composer.queue : texts.composer.send;
    this.#send.setAttribute('aria-label', label);
    this.#send.title = label;
    this.#fit();
    // If the focused button disappeared, the focus would be lost.
    if (hadFocus && !this.element.contains(document.activeElement)) moveFocus(this.input);
  }

  /** Refuses text that makes the message too long before it is inserted: laying it out would block the page. */
  #limit(event: InputEvent): void {
    const added = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
    const [start, end] = this.caret;
    const length = this.text.length - (end - start) + added.length;
    if (length <= maxMessageLength) return;
    event.preventDefault();
    this.refusal.showTooLong(added, length);
  }

  #typed(event: Event): void {
    this.refusal.clear();
    this.#changed();
    if (event instanceof InputEvent && event.isComposing) return;
    this.#completion.refresh();
  }

  #changed(): void {
    this.#fit();
    this.#options.onDraft();
  }

  /** Updates the buttons, and grows the input with its text; the style sheet limits the height. */
  #fit(): void {
    const isEmpty = this.text.trim() === '';
    this.#send.disabled = isEmpty;
    this.#send.hidden = this.#isRunning && isEmpty;
    this.input.style.height = 'auto';
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  #onKey(event: KeyboardEvent): void {
    if (isForInputMethod(event) || this.#completion.handleKey(event)) return;
    if (this.#attached.handleKey(event) || this.#recallMessage(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
    // With `cria.sendKey` set to `ctrlEnter`, Enter alone breaks the line.
    const isPlain = !event.ctrlKey && !event.metaKey;
    if (isPlain && document.getElementById('page')?.dataset['sendKey'] === 'ctrlEnter') return;
    event.preventDefault();
    this.send();
  }

  /** Recalls an earlier message if `event` is an arrow key; returns whether it did. */
  #recallMessage(event: KeyboardEvent): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const text = this.#recall.next(event.key, this.text);
    if (text === undefined) return false;
    event.preventDefault();
    this.setText(text);
    this.#options.onDraft();
    return true;
  }

  send(): void {
    const { text } = this;
    if (text.trim() === '') return;
    if (text.length > maxMessageLength) {
      this.refusal.showTooLong(text, text.length);
      return;
    }
    // What is typed before the host has answered comes after the message.
    this.input.setSelectionRange(text.length, text.length);
    this.#options.onSend(text);
    this.input.focus();
  }

  /** A click between the controls focuses the input. */
  #focusInput(event: MouseEvent): void {
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    this.input.focus();
  }
}

function actionButton(symbol: string, label: string, onClick: () => void): HTMLButtonElement {
  const attributes = { type: 'button', class: 'action', 'aria-label': label, title: label };
  return createElement('button', { ...attributes, on: { click: onClick } }, createIcon(symbol));
}

/**
 * Recalls earlier messages into an empty composer: Up for the previous one, Down for the next one. Once the
 * user has edited a recalled message, the arrow keys move the caret again.
 */
export class MessageRecall {
  readonly #turns: () => readonly TurnView[];
  /** 1 for the last message, 2 for the one before; 0 if no message is recalled. */
  #back = 0;
  #shown = '';

  constructor(turns: () => readonly TurnView[]) {
    this.#turns = turns;
  }

  /** The text that replaces `text` on `key`; undefined if the key recalls nothing. */
  next(key: string, text: string): string | undefined {
    const step = { ArrowUp: 1, ArrowDown: -1 }[key];
    if (step === undefined) return undefined;
    const isRecalled = this.#back > 0 && text === this.#shown && text !== '';
    if (!isRecalled) this.#back = 0;
    if (!isRecalled && (text !== '' || step < 0)) return undefined;
    const texts = this.#texts();
    const back = Math.min(this.#back + step, texts.length);
    if (back === this.#back) return undefined;
    this.#back = back;
    this.#shown = texts[back - 1] ?? '';
    return this.#shown;
  }

  /** Newest first, without consecutive duplicates. */
  #texts(): string[] {
    const messages = this.#turns().flatMap((turn) => (turn.role === 'user' ? [turn.text] : []));
    return messages.filter((text, index) => text !== messages[index + 1]).reverse();
  }
}

interface RefusalNoticeOptions {
  readonly post: (message: FromWebview) => void;
  readonly say: (sentence: string) => void;
}

/** Says above the message why it was not sent. A text that is too long can be attached instead. */
export class RefusalNotice {
  readonly element = createElement('div', { class: 'notice warning', hidden: true });
  readonly #options: RefusalNoticeOptions;

  constructor(options: RefusalNoticeOptions) {
    this.#options = options;
  }

  show(reason: Exclude<RefusalReason, 'tooLong'>): void {
    this.#show(texts.refused[reason]);
  }

  /** Something else about the message; cleared when the user types. */
  showHint(sentence: string): void {
    this.#show(sentence);
  }

  /** @param added the part of the message that makes it too long; it can be attached */
  showTooLong(added: string, length: number): void {
    const text = added.slice(0, maxAttachmentLength);
    const addedLength = added.length;
    const attach = (): void => {
      this.clear();
      this.#options.post({ type: 'attachText', text, length: addedLength });
    };
    this.#show(
      texts.refused.tooLong(length, maxMessageLength),
      createElement(
        'button',
        { type: 'button', class: 'button', on: { click: attach } },
        texts.refused.attach,
      ),
    );
  }

  clear(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  #show(sentence: string, button?: HTMLElement): void {
    this.element.replaceChildren(
      createElement('p', { class: 'notice-sentence' }, sentence),
      ...(button ? [createElement('div', { class: 'buttons' }, button)] : []),
    );
    this.element.hidden = false;
    this.#options.say(sentence);
  }
}
