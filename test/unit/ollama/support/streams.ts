import type { CallOptions, OllamaClient } from '../../../../src/ollama/ollamaClient';
import type { ChatEvent } from '../../../../src/http/streamEvents';
import { prompt, question } from './fixture';

/** The two routes that stream an answer; a fault must look the same on both. */
export const streamRoutes = {
  chat: {
    path: '/api/chat',
    ask: (
      client: OllamaClient,
      options: CallOptions = {},
      model = question.model,
    ): AsyncGenerator<ChatEvent> => client.chat({ ...question, model }, options),
    line: (text: string): string =>
      JSON.stringify({ model: 'm', message: { role: 'assistant', content: text }, done: false }),
  },
  explain: {
    path: '/api/generate',
    ask: (
      client: OllamaClient,
      options: CallOptions = {},
      model = prompt.model,
    ): AsyncGenerator<ChatEvent> => client.generate({ ...prompt, model }, options),
    line: (text: string): string => JSON.stringify({ model: 'm', response: text, done: false }),
  },
} as const;
export type StreamRoute = keyof typeof streamRoutes;
export const streamRouteNames: readonly StreamRoute[] = ['chat', 'explain'];

export const doneLine = JSON.stringify({
  model: 'm',
  done: true,
  done_reason: 'stop',
  eval_count: 3,
});
