import { h } from './dom';

/** Speaks to a screen reader: whole sentences, at a start, an end or an error; never streamed text. */
export class Announcer {
  readonly element = h('div', { role: 'status', class: 'visually-hidden' });

  say(sentence: string): void {
    // The same sentence twice would be no change, and a reader would not hear the second.
    const same = this.element.textContent === sentence;
    this.element.textContent = same ? `${sentence}\u00A0` : sentence;
  }
}
