export interface TemplateMessage {
  role: string;
  content: string;
}

/**
 * The ChatML prompt as Ollama's template of this model renders it, ready for the model to answer.
 * There is no default system message.
 */
export function renderChat(messages: readonly TemplateMessage[]): string {
  const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return `${turns.join('')}<|im_start|>assistant\n`;
}

/** One question, with an optional system message, as `/api/generate` renders it. */
export function renderQuestion(prompt: string, system: string | undefined): string {
  const user = { role: 'user', content: prompt };
  return renderChat(system ? [{ role: 'system', content: system }, user] : [user]);
}
