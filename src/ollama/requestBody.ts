import type { GenerationBody } from './generation';
import type { ChatRequest, GenerateRequest } from './wire';

/**
 * Ollama drops the start of a prompt that is too long without a word. `truncate: false` makes it refuse
 * the prompt instead, at once and with exact counts (since 0.12.6). `shift` is never sent: another value
 * than the loaded model's makes the server load it again.
 */
const always = { stream: true, truncate: false } as const;

export function chatBody(request: ChatRequest): GenerationBody {
  const { model, messages, tools, think, format, keep_alive, options } = request;
  return { model, messages, tools, think, format, keep_alive, options, ...always };
}

export function generateBody(request: GenerateRequest): GenerationBody {
  const { model, prompt, suffix, system, template, raw, images, context } = request;
  const { think, format, keep_alive, options } = request;
  return {
    ...{ model, prompt, suffix, system, template, raw, images, context },
    ...{ think, format, keep_alive, options },
    ...always,
  };
}
