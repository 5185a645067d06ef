import type { ContextUsage } from '../../../src/shared/composerState';
import type { ToWebview } from '../../../src/shared/protocol';

/** What the host reports of the context, and of slash commands. */

/** What is behind the slash, as the host tells it. */
export const prompts: ToWebview = {
  type: 'prompts',
  prompts: [
    { name: 'explain', text: 'Explain what this code does.', from: 'cria' },
    { name: 'fix', text: 'Fix this code.', from: 'cria' },
    { name: 'review', text: 'Review this.\nWorst first.', from: 'person' },
    { name: 'rhyme', text: 'Put it in rhymes.', from: 'folder' },
  ],
};

/** A plan of a message, as the host tells it. */
export function plan(more: Partial<ContextUsage> = {}): Extract<ToWebview, { type: 'plan' }> {
  return {
    type: 'plan',
    plan: {
      limit: { tokens: 8192, source: 'allocated' },
      ...{ system: 38, history: 2061, attachments: 512, draft: 12, answerBudget: 1024 },
      ...{ leftOut: 0, excluded: 0, isTooLong: false },
      ...more,
    },
  };
}
