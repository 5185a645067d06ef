import { exportJson } from '../../src/history/exportFormats';
import type { ConversationEvent } from '../../src/shared/conversationEvents';

/** A conversation of so many turns as a file to import. Its texts are numbered, from 1. */
export function longConversation(turns: number): string {
  const exchanges = Array.from({ length: turns / 2 }, (_, index) => exchange(index + 1));
  return exportJson([{ id: 'long', events: exchanges.flat() }]);
}

function exchange(number: number): readonly ConversationEvent[] {
  const [question, reply] = [`question-${number}`, `reply-${number}`];
  const parent = number === 1 ? null : `reply-${number - 1}`;
  const createdAt = number;
  const list = Array.from({ length: 20 }, (_, item) => `- item ${item + 1} of this list\n`).join(
    '',
  );
  const text = `This is answer ${number}. It has \`code\` and:\n\n${list}`;
  return [
    {
      kind: 'turnStarted',
      turn: { role: 'user', id: question, parent, createdAt, text: `Question ${number}?` },
    },
    {
      kind: 'turnStarted',
      turn: { role: 'assistant', id: reply, parent: question, createdAt, model: 'qwen3:8b' },
    },
    { kind: 'textAppended', turnId: reply, channel: 'answer', at: 0, text },
    { kind: 'turnEnded', turnId: reply, end: { kind: 'done', reason: 'stop' }, metrics: {} },
  ];
}
