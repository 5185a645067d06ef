import type { ExplainSubject, ExplainTurn, StoredExplanation } from '../conversation/explanation';
import type { NewId } from '../conversation/ports';
import type { ConversationEvent, TurnEnd } from '../shared/turn';
import { firstPrompt } from './explainPrompt';

export interface ExplanationTexts {
  readonly subject: ExplainSubject;
  readonly turns: readonly ExplainTurn[];
  /** Characters of the first message, as for the first prompt. */
  readonly room: number;
  readonly title: string;
}

/** An explanation with all its questions, as the events of a conversation. */
export function toConversation(
  { subject, turns, room, title }: ExplanationTexts,
  newId: NewId,
  createdAt: number,
): readonly ConversationEvent[] {
  const events: ConversationEvent[] = [];
  let parent: string | null = null;
  for (const { question, model, answer, thinking, end, metrics = {} } of turns) {
    const asked = newId();
    const text = question ?? firstPrompt(subject, room);
    events.push({
      kind: 'turnStarted',
      turn: { role: 'user', id: asked, parent, createdAt, text },
    });
    const turnId = newId();
    events.push({
      kind: 'turnStarted',
      turn: { role: 'assistant', id: turnId, parent: asked, createdAt, model },
    });
    if (thinking !== undefined) {
      events.push({ kind: 'textAppended', turnId, channel: 'thinking', at: 0, text: thinking });
    }
    if (answer !== '') {
      events.push({ kind: 'textAppended', turnId, channel: 'answer', at: 0, text: answer });
    }
    const ended: TurnEnd = end ?? { kind: 'interrupted' };
    events.push({ kind: 'turnEnded', turnId, end: ended, metrics });
    parent = turnId;
  }
  events.push({ kind: 'renamed', title });
  return events;
}

const maxAgeMs = 90 * 24 * 60 * 60 * 1000;
const maxStored = 200;

/** The stored explanations to show again: the newest ones that are not too old, in their order. */
export function dropExpired(
  stored: readonly StoredExplanation[],
  nowMs: number,
): readonly StoredExplanation[] {
  const newest = stored
    .filter(({ createdAt }) => nowMs - createdAt <= maxAgeMs)
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .slice(0, maxStored);
  return stored.filter((one) => newest.includes(one));
}
