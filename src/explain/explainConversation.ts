import type { ExplainTurn, StoredExplanation } from '../conversation/explanation';
import type { NewId } from '../conversation/ports';
import {
  type ConversationEvent,
  maxOwnSystemPrompt,
  type TurnEnd,
  type UserTurn,
} from '../shared/turn';
import type { FirstRequest } from './explainDialogue';

export interface ExplanationTexts {
  readonly turns: readonly ExplainTurn[];
  /** The prompt of the explanation, and the system prompt before it. */
  readonly first: FirstRequest;
  readonly title: string;
}

/** An explanation with all its questions, as the events of a conversation. */
export function toConversation(
  { turns, first, title }: ExplanationTexts,
  newId: NewId,
  createdAt: number,
): readonly ConversationEvent[] {
  const events: ConversationEvent[] = [];
  let parent: string | null = null;
  for (const { question, model, answer, thinking, end, metrics = {} } of turns) {
    const asked = newId();
    const text = question ?? first.prompt;
    const start = { role: 'user', id: asked, parent, createdAt, text } as const;
    const turn = parent === null ? withSystemPrompt(start, first.system) : start;
    events.push({ kind: 'turnStarted', turn });
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

/** The system prompt of the explanation stays that of the chat: the server reads nothing again. */
function withSystemPrompt(turn: UserTurn, systemPrompt: string): UserTurn {
  return systemPrompt.length > maxOwnSystemPrompt ? turn : { ...turn, systemPrompt };
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
