import { type ContextUsage, isCut } from '../../shared/composerState';
import type { FromWebview } from '../../shared/protocol';
import { createElement, setHidden } from '../dom';
import { bytes, shortCount } from '../formatFigures';
import { texts } from '../texts/texts';
import { countUsedTokens } from './contextMeter';

export interface ContextLineOptions {
  readonly post: (message: FromWebview) => void;
  /** The attachments of the message being written. */
  readonly attached: () => readonly { readonly id: string; readonly label: string }[];
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

  show(plan: ContextUsage): void {
    const isWriting = plan.draft + plan.attachments > 0;
    const attached = this.#options.attached();
    const sentence = isWriting && isCut(plan) ? describe(plan) : '';
    const key = JSON.stringify([sentence, plan.offer, attached.map(({ id }) => id)]);
    // Replacing the buttons takes the focus from them.
    if (key === this.#shown) return;
    if (sentence !== '' && this.element.hidden) this.#options.say(sentence);
    this.#shown = key;
    setHidden(this.element, sentence === '');
    this.element.replaceChildren(
      createElement('p', { class: 'notice-sentence' }, sentence),
      createElement('div', { class: 'buttons' }, ...this.#createButtons(plan)),
    );
  }

  #createButtons(plan: ContextUsage): HTMLElement[] {
    const { post, send, attached } = this.#options;
    const { offer, history, attachments } = plan;
    const button = (label: string, click: () => void, style = 'button secondary'): HTMLElement =>
      createElement('button', { type: 'button', class: style, on: { click } }, label);
    const files = attachments > 0 ? attached().slice(0, maxRemoveButtons) : [];
    return [
      ...(offer ? [button(labelOffer(offer), () => post({ type: 'useContext' }), 'button')] : []),
      ...(history > 0 ? [button(texts.plan.summarize, () => post({ type: 'startAnew' }))] : []),
      button(texts.plan.sendAnyway, send),
      ...files.map(({ id, label }) =>
        button(texts.plan.remove(label), () => post({ type: 'detach', id })),
      ),
    ];
  }
}

function labelOffer({ to, extraBytes }: NonNullable<ContextUsage['offer']>): string {
  const length = shortCount(to);
  return extraBytes === undefined
    ? texts.plan.use(length)
    : texts.plan.useMore(length, bytes(extraBytes));
}

function describe(plan: ContextUsage): string {
  const { leftOut, isAnswerShortened, attachmentsLeftOut, isTooLong, limit } = plan;
  const numbers = [shortCount(countUsedTokens(plan)), shortCount(limit.tokens)] as const;
  if (isTooLong) return texts.plan.messageTooLong(...numbers);
  return [
    texts.plan.doesNotFit(...numbers),
    leftOut > 0 ? texts.plan.willLeaveOut(leftOut) : '',
    isAnswerShortened ? texts.plan.willShorten : '',
    attachmentsLeftOut > 0 ? texts.plan.willLeaveOutFiles : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
