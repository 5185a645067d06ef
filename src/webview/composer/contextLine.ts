import { type ContextUsage, isCut } from '../../shared/composerState';
import type { AttachmentView, FromWebview } from '../../shared/protocol';
import { createElement, setHidden } from '../dom';
import { bytes, shortCount } from '../formatFigures';
import { texts } from '../texts/texts';
import { countUsedTokens } from './contextMeter';

export interface ContextLineOptions {
  readonly post: (message: FromWebview) => void;
  /** The attachments of the message being written. */
  readonly attached: () => readonly Pick<AttachmentView, 'id' | 'label' | 'hasParts'>[];
  readonly send: () => void;
  readonly say: (sentence: string) => void;
}

/** More buttons would take more room than the message. */
const maxRemoveButtons = 2;

/** The line above a message that will not be sent whole: what is left out, and the ways out. */
export class ContextLine {
  readonly element = createElement('div', { class: 'notice warning context-line', hidden: true });
  readonly #options: ContextLineOptions;
  #shown = '';

  constructor(options: ContextLineOptions) {
    this.#options = options;
  }

  show(usage: ContextUsage): void {
    const isWriting = usage.draft + usage.attachments > 0;
    const attached = this.#options.attached();
    const sentence = isWriting && isCut(usage) ? describe(usage) : '';
    const key = JSON.stringify([sentence, usage.offer, attached.map(({ id }) => id)]);
    // Replacing the buttons takes the focus from them.
    if (key === this.#shown) return;
    if (sentence !== '' && this.element.hidden) this.#options.say(sentence);
    this.#shown = key;
    setHidden(this.element, sentence === '');
    this.element.replaceChildren(
      createElement('p', { class: 'notice-sentence' }, sentence),
      createElement('div', { class: 'buttons' }, ...this.#createButtons(usage)),
    );
  }

  #createButtons(usage: ContextUsage): HTMLElement[] {
    const { post, send, attached } = this.#options;
    const { offer, history, attachments } = usage;
    const button = (label: string, click: () => void, style = 'button secondary'): HTMLElement =>
      createElement('button', { type: 'button', class: style, on: { click } }, label);
    const files = attachments > 0 ? attached().slice(0, maxRemoveButtons) : [];
    // Only these are too large by themselves.
    const large = isMostlyFiles(usage) ? files.filter(({ hasParts }) => hasParts) : [];
    return [
      ...(offer ? [button(labelOffer(offer), () => post({ type: 'useContext' }), 'button')] : []),
      ...(history > 0
        ? [button(texts.contextUsage.summarize, () => post({ type: 'startFromSummary' }))]
        : []),
      button(texts.contextUsage.sendAnyway, send),
      ...large.map(({ id, label }) =>
        button(texts.attachments.chooseParts(label), () => post({ type: 'attachParts', id })),
      ),
      ...files.map(({ id, label }) =>
        button(texts.contextUsage.remove(label), () => post({ type: 'detach', id })),
      ),
    ];
  }
}

function isMostlyFiles({ attachments, isTooLong, limit }: ContextUsage): boolean {
  return isTooLong || attachments > limit.tokens / 2;
}

function labelOffer({ to, extraBytes }: NonNullable<ContextUsage['offer']>): string {
  const length = shortCount(to);
  return extraBytes === undefined
    ? texts.contextUsage.use(length)
    : texts.contextUsage.useMore(length, bytes(extraBytes));
}

function describe(usage: ContextUsage): string {
  const { leftOut, isAnswerShortened, attachmentsLeftOut, isTooLong, limit } = usage;
  const used = countUsedTokens(usage);
  const numbers = [shortCount(used), shortCount(limit.tokens)] as const;
  if (isTooLong) return texts.contextUsage.messageTooLong(...numbers);
  return [
    used > limit.tokens
      ? texts.contextUsage.doesNotFit(...numbers)
      : texts.contextUsage.leavesTooLittle(...numbers),
    leftOut > 0 ? texts.contextUsage.willLeaveOut(leftOut) : '',
    isAnswerShortened ? texts.contextUsage.willShorten : '',
    attachmentsLeftOut > 0 ? texts.contextUsage.willLeaveOutFiles : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
