import type { Turn } from '../shared/turn';
import { messageText } from './attachmentText';
import type { PromptMessage } from './ports';

/**
 * Told to the model with the message after an answer that was not finished, so that it does not take
 * that answer for whole. It is not put into the answer itself: small models copy what they seem to
 * have said before.
 */
const cutOffNote = '(Your answer before this was cut off.)';

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
  let wasCutOff = false;
  for (const turn of turns) {
    if (turn.text === '') continue;
    const note = wasCutOff && turn.role === 'user' ? `${cutOffNote}\n\n` : '';
    append(messages, { role: turn.role, content: `${note}${contentOf(turn)}` });
    wasCutOff = turn.role === 'assistant' && turn.end?.kind !== 'done';
  }
  return messages;
}

/** What is sent of one turn. */
export function contentOf(turn: Turn): string {
  return turn.role === 'user' ? messageText(turn) : turn.text;
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
