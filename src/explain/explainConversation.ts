import type { ConversationEvent } from '../shared/conversationEvents';
import type { TurnEnd } from '../shared/turn';
import type { ExplainSubject, ExplainTurn } from '../conversation/explanation';
import { firstPrompt } from './explainPrompt';
import type { NewId } from '../conversation/ports';

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
  for (const { question, model, answer, end, metrics = {} } of turns) {
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
