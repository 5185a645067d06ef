import { maxAttachmentLength } from '../../shared/attachment';
import { type FromWebview, maxMessageLength, type RefusalReason } from '../../shared/protocol';
import { createElement } from '../dom';
import { texts } from '../texts/texts';

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
