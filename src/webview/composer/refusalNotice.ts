import { maxAttachmentLength } from '../../shared/attachment';
import { maxMessageLength, type RefusalReason } from '../../shared/protocol';
import { createElement } from '../dom';
import { texts } from '../texts/texts';

interface RefusalNoticeOptions {
  /** Attaches the beginning of a text. @param length of the whole text */
  readonly onAttach: (beginning: string, length: number) => void;
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
    const beginning = added.slice(0, maxAttachmentLength);
    const { length: addedLength } = added;
    const attach = (): void => {
      this.clear();
      this.#options.onAttach(beginning, addedLength);
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
