import type { AssistantTurnView } from '../shared/protocol';
import { texts } from './texts/texts';

/** What a screen reader hears when an answer begins. */
export function startSentence(turn: AssistantTurnView): string {
  return texts.status.started(turn.model);
}

/** What it hears when the answer has ended. */
export function endSentence({ activity, model, metrics, notice }: AssistantTurnView): string {
  if (notice) return notice.sentence;
  const { state } = activity;
  if (state === 'stopped') return texts.status.stopped;
  if (state === 'failed' || state === 'truncated' || state === 'interrupted') {
    return texts.answer[state];
  }
  const tokens = metrics?.evalCount;
  return tokens === undefined ? texts.status.done(model) : texts.status.doneWith(model, tokens);
}
