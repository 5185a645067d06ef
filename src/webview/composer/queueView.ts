import type { FromWebview, QueuedView } from '../../shared/protocol';
import { h, icon, iconButton } from '../dom';
import { texts } from '../texts/texts';
import { chipList } from './attachedRow';

type QueueAction = Extract<FromWebview, { type: 'queued' }>['action'];

interface QueueViewOptions {
  readonly onAction: (id: string, action: QueueAction) => void;
  readonly onPreview: (attachmentId: string) => void;
}

/** The messages that wait for the running answer to end, above the composer. */
export class QueueView {
  readonly element = h('div', {
    ...{ class: 'queue', role: 'list', hidden: true },
    'aria-label': texts.queue.list,
  });
  readonly #options: QueueViewOptions;

  constructor(options: QueueViewOptions) {
    this.#options = options;
  }

  show(queue: readonly QueuedView[]): void {
    this.element.hidden = queue.length === 0;
    this.element.replaceChildren(...queue.map((message) => this.#row(message)));
  }

  #row({ id, text, attachments, isHeld }: QueuedView): HTMLElement {
    const { onAction, onPreview } = this.#options;
    const button = (symbol: string, label: string, action: QueueAction): HTMLElement =>
      iconButton(symbol, label, () => onAction(id, action));
    return h(
      'div',
      { class: 'queued', role: 'listitem', 'data-held': isHeld },
      icon(isHeld ? 'debug-pause' : 'clock'),
      h(
        'div',
        { class: 'queued-words' },
        h('div', { class: 'queued-state' }, isHeld ? texts.queue.held : texts.queue.waits),
        h('div', { class: 'queued-text' }, text),
        chipList(attachments, { onPreview }),
      ),
      button('edit', texts.queue.edit, 'edit'),
      button('trash', texts.queue.remove, 'remove'),
      button('send', texts.queue.sendNow, 'sendNow'),
    );
  }
}
