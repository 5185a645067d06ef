import type { AssistantTurnView } from '../shared/protocol';
import { createElement } from './dom';
import { texts } from './texts/texts';

/** Announces whole sentences to screen readers when an answer starts, ends or fails; never streamed text. */
export class Announcer {
  readonly element = createElement('div', { role: 'status', class: 'visually-hidden' });

  say(sentence: string): void {
    // Screen readers announce changes only: a repeated sentence needs different text.
    const same = this.element.textContent === sentence;
    this.element.textContent = same ? `${sentence}\u00A0` : sentence;
  }
}

export function describeStart(turn: AssistantTurnView): string {
  return texts.status.started(turn.model);
}

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
