import type { AttachmentView, FromWebview, QueuedView } from '../../shared/protocol';
import { createElement, createIcon, createIconButton, isForInputMethod, moveFocus } from '../dom';
import { texts } from '../texts/texts';

interface AttachmentRowOptions {
  readonly input: HTMLTextAreaElement;
  readonly post: (message: FromWebview) => void;
}

/**
 * The attachments of the message being written, as chips above it. Backspace at the start of the message
 * moves to the last chip, Backspace on a chip removes it; the arrow keys move between chips.
 */
export class AttachmentRow {
  readonly element: HTMLElement;
  readonly #options: AttachmentRowOptions;
  #ids: readonly string[] = [];

  constructor(options: AttachmentRowOptions) {
    this.#options = options;
    this.element = createElement('div', {
      hidden: true,
      on: { keydown: (event) => this.#onKey(event) },
    });
  }

  show(attachments: readonly AttachmentView[]): void {
    const at = this.#focusedAt();
    const before = this.#ids;
    this.#ids = attachments.map(({ id }) => id);
    if (before.length === 0 && this.#ids.length === 0) return;
    const { post } = this.#options;
    const onRemove = (id: string): void => post({ type: 'detach', id });
    const list = createChipList(attachments, { post, onRemove });
    this.element.hidden = list === undefined;
    this.element.replaceChildren(...(list ? [list] : []));
    // The focused chip may be gone: move the focus to the one next to it.
    if (at !== undefined) this.#focus(Math.min(at, this.#ids.length - 1));
  }

  /** Handles a key pressed in the message; returns whether it did. */
  handleKey(event: KeyboardEvent): boolean {
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
        this.#options.post({ type: 'detach', id: this.#ids[at] ?? '' });
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

  /** The index of the focused chip. */
  #focusedAt(): number | undefined {
    const focused = document.activeElement;
    const at = this.#chips().findIndex((chip) => chip.contains(focused));
    return at < 0 ? undefined : at;
  }

  /** Focuses a chip, or the message if there is no such chip. */
  #focus(at: number): void {
    const name = this.#chips()[at]?.querySelector('button');
    moveFocus(name ?? this.#options.input);
  }

  #chips(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('.chip')];
  }
}

const icons: Readonly<Record<AttachmentView['kind'], string>> = {
  selection: 'list-selection',
  file: 'file-code',
  folder: 'folder',
  problems: 'warning',
  diff: 'diff',
};

interface ChipActions {
  readonly post: (message: FromWebview) => void;
  /** Undefined for messages that were already sent. */
  readonly onRemove?: (id: string) => void;
}

/** The attachments of a message as chips; undefined if there are none. */
export function createChipList(
  attachments: readonly AttachmentView[],
  actions: ChipActions,
): HTMLElement | undefined {
  if (attachments.length === 0) return undefined;
  return createElement(
    'div',
    { class: 'chips', role: 'list', 'aria-label': texts.attachments.list },
    ...attachments.map((attachment) => createChip(attachment, actions)),
  );
}

function createChip(
  { id, kind, label, detail, isPart, hasParts }: AttachmentView,
  { post, onRemove }: ChipActions,
): HTMLElement {
  const canChoose = isPart && hasParts && onRemove !== undefined;
  const name = createElement(
    'button',
    {
      type: 'button',
      class: 'chip-name',
      title: texts.attachments.preview(detail),
      on: { click: () => post({ type: 'previewAttachment', id }) },
    },
    createIcon(icons[kind]),
    createElement('span', { class: 'chip-label', dir: 'auto' }, label),
    isPart && !canChoose
      ? createElement('span', { class: 'chip-part' }, texts.attachments.part)
      : undefined,
  );
  const chooseTitle = texts.attachments.chooseParts(label);
  const choose = canChoose
    ? createElement(
        'button',
        {
          type: 'button',
          class: 'chip-part',
          title: chooseTitle,
          'aria-label': chooseTitle,
          on: { click: () => post({ type: 'attachParts', id }) },
        },
        texts.attachments.part,
      )
    : undefined;
  const remove = texts.attachments.remove(label);
  const button = onRemove
    ? createElement(
        'button',
        {
          type: 'button',
          class: 'chip-remove',
          title: remove,
          'aria-label': remove,
          on: { click: () => onRemove(id) },
        },
        createIcon('close'),
      )
    : undefined;
  return createElement(
    'div',
    { class: 'chip', role: 'listitem', 'data-attachment-id': id },
    name,
    choose,
    button,
  );
}

/** The type of items dragged from VS Code's explorer, and the standard type for files. */
const dragTypes = ['application/vnd.code.uri-list', 'text/uri-list'] as const;

/** More items are assumed to be dropped by mistake; the rest is ignored. */
const maxDroppedUris = 64;

/** Accepts files dropped on `element`. VS Code passes drags to a webview only while Shift is held. */
export function acceptDrops(element: HTMLElement, onDrop: (uris: readonly string[]) => void): void {
  const mark = (isOver: boolean): void => {
    element.classList.toggle('drop-over', isOver);
  };
  element.addEventListener('dragover', (event) => {
    if (!hasUris(event.dataTransfer)) return;
    event.preventDefault();
    mark(true);
  });
  element.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) mark(false);
  });
  element.addEventListener('drop', (event) => {
    mark(false);
    if (!hasUris(event.dataTransfer)) return;
    event.preventDefault();
    const uris = parseUriList(event.dataTransfer);
    if (uris.length > 0) onDrop(uris);
  });
}

function hasUris(data: DataTransfer | null): data is DataTransfer {
  return data !== null && dragTypes.some((type) => data.types.includes(type));
}

/** One URI per line; lines that start with # are comments (RFC 2483). */
function parseUriList(data: DataTransfer): string[] {
  const list = dragTypes.map((type) => data.getData(type)).find((text) => text !== '') ?? '';
  const lines = list.split(/\r?\n/u).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).slice(0, maxDroppedUris);
}

type QueueAction = Extract<FromWebview, { type: 'queued' }>['action'];

/** Queued messages, above the composer. */
export class QueueView {
  readonly element = createElement('div', {
    class: 'queue',
    role: 'list',
    hidden: true,
    'aria-label': texts.queue.list,
  });
  readonly #post: (message: FromWebview) => void;

  constructor(post: (message: FromWebview) => void) {
    this.#post = post;
  }

  show(queue: readonly QueuedView[]): void {
    this.element.hidden = queue.length === 0;
    this.element.replaceChildren(...queue.map((message) => this.#row(message)));
  }

  #row({ id, text, attachments, isHeld }: QueuedView): HTMLElement {
    const post = this.#post;
    const button = (symbol: string, label: string, action: QueueAction): HTMLElement =>
      createIconButton(symbol, label, () => post({ type: 'queued', id, action }));
    return createElement(
      'div',
      { class: 'queued', role: 'listitem', 'data-held': isHeld },
      createIcon(isHeld ? 'debug-pause' : 'clock'),
      createElement(
        'div',
        { class: 'queued-words' },
        createElement(
          'div',
          { class: 'queued-state' },
          isHeld ? texts.queue.held : texts.queue.waits,
        ),
        createElement('div', { class: 'queued-text', dir: 'auto' }, text),
        createChipList(attachments, { post }),
      ),
      button('edit', texts.queue.edit, 'edit'),
      button('trash', texts.queue.remove, 'remove'),
      button('send', texts.queue.sendNow, 'sendNow'),
    );
  }
}
