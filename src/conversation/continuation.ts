import type { AssistantTurn, Turn } from '../shared/turn';
import type { PromptMessage } from './ports';
import { promptMessages } from './prompt';

const quoted = 200;

/** The conversation with the unfinished answer last: many templates then go on from it. */
export function continuingMessages(
  systemPrompt: string,
  before: readonly Turn[],
  { text }: AssistantTurn,
): readonly PromptMessage[] {
  const asked = promptMessages(systemPrompt, before);
  return text === '' ? asked : [...asked, { role: 'assistant', content: text }];
}

/** For a server that refuses an answer as the last message: it is asked to go on, in words. */
export function askToContinue(
  systemPrompt: string,
  before: readonly Turn[],
  { text }: AssistantTurn,
): readonly PromptMessage[] {
  const content =
    'Go on exactly where your answer was cut off, without repeating it. ' +
    `It ended with:\n\n${text.slice(-quoted)}`;
  return [
    ...promptMessages(systemPrompt, before),
    { role: 'assistant', content: text },
    { role: 'user', content },
  ];
}
