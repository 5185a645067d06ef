import type { AssistantTurnView } from '../shared/protocol';
import { createElement } from './dom';
import { texts } from './texts/texts';

/** Speaks to a screen reader: whole sentences, at a start, an end or an error; never streamed text. */
export class Announcer {
  readonly element = createElement('div', { role: 'status', class: 'visually-hidden' });

  say(sentence: string): void {
    // The same sentence twice would be no change, and a reader would not hear the second.
    const same = this.element.textContent === sentence;
    this.element.textContent = same ? `${sentence}\u00A0` : sentence;
  }
}

/** What a screen reader hears when an answer begins. */
export function describeStart(turn: AssistantTurnView): string {
  return texts.status.started(turn.model);
}

/** What it hears when the answer has ended. */
export function describeEnd({ activity, model, metrics, notice }: AssistantTurnView): string {
  if (notice) return notice.sentence;
  const { state } = activity;
  if (state === 'stopped') return texts.status.stopped;
  if (state === 'failed' || state === 'truncated' || state === 'interrupted') {
    return texts.answer[state];
  }
  const tokens = metrics?.evalCount;
  return tokens === undefined ? texts.status.done(model) : texts.status.doneWith(model, tokens);
}
