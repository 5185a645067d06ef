import type {
  AssistantTurn,
  ConversationEvent,
  ConversationPart,
  Failure,
  Turn,
  UserTurn,
} from '../shared/turn';
import { Conversation } from './conversation';
import { type ConversationStore, ModelFailure } from './ports';

/** Sent before the title of a summary and never shown. */
const instruction =
  'Summarize this conversation so that it can continue in a new chat: the goal, the decisions, the ' +
  'important code and names, and the open questions. Short bullet points, no introduction.';

/**
 * A summary is the first answer of a new conversation, so that it is stored, stopped, continued and tried again as
 * any answer is. The model is sent the turns of the conversation that is summarized, which does not change.
 */
export function findSummarized(question: Turn | undefined): ConversationPart | undefined {
  return question?.role === 'user' ? question.summarizes : undefined;
}

/**
 * The turns that are sent for an answer to the last of `turns`. Rejects with a `ModelFailure` if that is to be the
 * summary of a conversation that cannot be read.
 */
export async function withSummarizedTurns(
  turns: readonly Turn[],
  store: Pick<ConversationStore, 'open'>,
): Promise<readonly Turn[]> {
  const question = turns.at(-1);
  const part = findSummarized(question);
  if (question?.role !== 'user' || !part) return turns;
  const request: UserTurn = { ...question, text: `${instruction}\n\n${question.text}` };
  return [...(await readPart(part, store)), request];
}

const missing: Failure = {
  kind: 'sourceMissing',
  message: 'The conversation to summarize cannot be read.',
};

async function readPart(
  { conversationId, turnId }: ConversationPart,
  store: Pick<ConversationStore, 'open'>,
): Promise<readonly Turn[]> {
  const stored = await store.open(conversationId).catch((error: unknown) => {
    throw new ModelFailure(missing, error);
  });
  const conversation = new Conversation(conversationId, stored?.events);
  // Its last turn may have been deleted since.
  const last = conversation.turn(turnId) ? turnId : conversation.leaf;
  if (last === null) throw new ModelFailure(missing);
  return conversation.contextPath(last);
}

/** A summary in the user's own words, next to the model's. */
export function createVersion(
  { parent, model }: AssistantTurn,
  turnId: string,
  text: string,
  createdAt: number,
): readonly ConversationEvent[] {
  const end = { kind: 'done', reason: 'stop' } as const;
  return [
    { kind: 'turnStarted', turn: { role: 'assistant', id: turnId, parent, createdAt, model } },
    { kind: 'textAppended', turnId, channel: 'answer', at: 0, text },
    { kind: 'turnEnded', turnId, end, metrics: {} },
  ];
}
