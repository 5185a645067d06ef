import type { AttachmentView } from '../../shared/protocol';
import { h } from '../dom';
import { isForInputMethod } from '../inputMethod';
import { chipList } from './chips';
import { moveFocus } from '../moveFocus';

interface AttachedRowOptions {
  readonly input: HTMLTextAreaElement;
  readonly onPreview: (id: string) => void;
  readonly onDetach: (id: string) => void;
}

/**
 * What goes with the message that is being written, above it. Backspace at the start of the message
 * goes to the last chip, and there takes it away; arrows step between them.
 */
export class AttachedRow {
  readonly element: HTMLElement;
  readonly #options: AttachedRowOptions;
  #ids: readonly string[] = [];

  constructor(options: AttachedRowOptions) {
    this.#options = options;
    this.element = h('div', { hidden: true, on: { keydown: (event) => this.#onKey(event) } });
  }

  show(attachments: readonly AttachmentView[]): void {
    const at = this.#focusedAt();
    const before = this.#ids;
    this.#ids = attachments.map(({ id }) => id);
    if (before.length === 0 && this.#ids.length === 0) return;
    const { onPreview, onDetach } = this.#options;
    const list = chipList(attachments, { onPreview, onRemove: onDetach });
    this.element.hidden = list === undefined;
    this.element.replaceChildren(...(list ? [list] : []));
    // The chip that had the focus may be gone: the keyboard goes on beside it.
    if (at !== undefined) this.#focus(Math.min(at, this.#ids.length - 1));
  }

  /** Whether the row took a key that was pressed in the message. */
  takes(event: KeyboardEvent): boolean {
    const { selectionStart, selectionEnd } = this.#options.input;
    const isAtStart = selectionStart === 0 && selectionEnd === 0;
    if (event.key !== 'Backspace' || !isAtStart || this.#ids.length === 0) return false;
    if (isForInputMethod(event)) return false;
    event.preventDefault();
    this.#focus(this.#ids.length - 1);
    return true;
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#focusedAt();
    if (at === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    switch (event.key) {
      case 'Backspace':
      case 'Delete':
        this.#options.onDetach(this.#ids[at] ?? '');
        break;
      case 'ArrowLeft':
        this.#focus(Math.max(at - 1, 0));
        break;
      case 'ArrowRight':
        this.#focus(at + 1 < this.#ids.length ? at + 1 : -1);
        break;
      case 'Escape':
        this.#focus(-1);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Which chip has the focus. */
  #focusedAt(): number | undefined {
    const focused = document.activeElement;
    const at = this.#chips().findIndex((chip) => chip.contains(focused));
    return at < 0 ? undefined : at;
  }

  /** The message where there is no such chip. */
  #focus(at: number): void {
    const name = this.#chips()[at]?.querySelector('button');
    moveFocus(name ?? this.#options.input);
  }

  #chips(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('.chip')];
  }
}
