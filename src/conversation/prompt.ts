import type { AssistantTurn, Turn } from '../shared/turn';
import type { PromptMessage } from './ports';

/** Closes an answer that was not finished, so that the model does not take it for whole. */
const cutOffMark = '[This answer was cut off here.]';

/**
 * What is sent for a conversation: the system prompt, then its turns, oldest first. The same turns
 * always give the same bytes at the front, so that the server's cache of the prompt is used again.
 */
export function promptMessages(
  systemPrompt: string,
  turns: readonly Turn[],
): readonly PromptMessage[] {
  const messages: PromptMessage[] = [];
  if (systemPrompt.trim() !== '') messages.push({ role: 'system', content: systemPrompt.trim() });
  for (const turn of turns) {
    const content = turn.role === 'user' ? turn.text : answerText(turn);
    if (content !== '') append(messages, { role: turn.role, content });
  }
  return messages;
}

/** Many chat templates refuse two messages of one role in a row, so neighbours become one. */
function append(messages: PromptMessage[], message: PromptMessage): void {
  const last = messages.at(-1);
  if (last?.role !== message.role) {
    messages.push(message);
    return;
  }
  messages[messages.length - 1] = {
    role: last.role,
    content: `${last.content}\n\n${message.content}`,
  };
}

function answerText(turn: AssistantTurn): string {
  if (turn.text === '') return '';
  return turn.end?.kind === 'done' ? turn.text : `${turn.text}\n\n${cutOffMark}`;
}
