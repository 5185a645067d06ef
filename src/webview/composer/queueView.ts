import type { FromWebview, QueuedView } from '../../shared/protocol';
import { createElement, createIcon, createIconButton } from '../dom';
import { texts } from '../texts/texts';
import { createChipList } from './attachmentRow';

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
        createElement('div', { class: 'queued-text' }, text),
        createChipList(attachments, { post }),
      ),
      button('edit', texts.queue.edit, 'edit'),
      button('trash', texts.queue.remove, 'remove'),
      button('send', texts.queue.sendNow, 'sendNow'),
    );
  }
}
