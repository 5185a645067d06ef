import type { ConversationEvent, ConversationEventOf } from '../shared/conversationEvents';
import { Conversation } from './conversation';

/**
 * Of `imported`, what `existing` (the events of the same conversation) does not have: importing the
 * same twice adds nothing, and what is there is never overwritten. A turn that was deleted stays so.
 */
export function missingEvents(
  conversationId: string,
  existing: readonly ConversationEvent[],
  imported: readonly ConversationEvent[],
): ConversationEvent[] {
  if (existing.length === 0) return [...imported];
  const known = new Conversation(conversationId, existing);
  const started = new Set(
    existing.flatMap((event) => (event.kind === 'turnStarted' ? [event.turn.id] : [])),
  );
  const settled = (turnId: string): boolean => {
    const turn = known.turn(turnId);
    return started.has(turnId) && (turn?.role !== 'assistant' || turn.end !== undefined);
  };
  return imported.flatMap((event): ConversationEvent[] => {
    switch (event.kind) {
      case 'turnStarted':
        return started.has(event.turn.id) ? [] : [event];
      case 'textAppended':
        return settled(event.turnId) ? [] : freshText(known, event);
      case 'turnEnded':
      case 'turnContinued':
        return settled(event.turnId) ? [] : [event];
      case 'forgotten':
      case 'renamed':
      case 'pinned':
      case 'branchSelected':
      case 'turnDeleted':
      case 'deleted':
        return [];
    }
  });
}

function freshText(
  known: Conversation,
  event: ConversationEventOf<'textAppended'>,
): ConversationEvent[] {
  const turn = known.turn(event.turnId);
  const length = turn?.role !== 'assistant' ? 0 : textOf(turn, event).length;
  const skip = Math.max(0, length - event.at);
  const text = event.text.slice(skip);
  return text === '' ? [] : [{ ...event, at: event.at + skip, text }];
}

function textOf(
  turn: { readonly text: string; readonly thinking: string },
  { channel }: ConversationEventOf<'textAppended'>,
): string {
  return channel === 'answer' ? turn.text : turn.thinking;
}
