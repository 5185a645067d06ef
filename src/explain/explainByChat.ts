import type { ChatModel, ExplainModel, ExplainPrompt, ModelEvent } from '../conversation/ports';

/**
 * For servers that imitate Ollama and can only chat: what they have no route for is asked as a chat.
 * Such a server gives no `context` to go on from, and is asked with the whole text each time.
 */
export function explainByChat(models: ChatModel & ExplainModel): ChatModel & ExplainModel {
  return {
    chat: (prompt, signal) => models.chat(prompt, signal),
    async *generate(prompt, signal) {
      for await (const event of models.generate(prompt, signal)) {
        if (!hasNoRoute(event)) yield event;
        else yield* models.chat(asChat(prompt), signal);
      }
    },
  };
}

const noRoute: ReadonlySet<number | undefined> = new Set([404, 405, 501]);

/** A 404 of Ollama itself is another failure: the model is not there. */
function hasNoRoute(event: ModelEvent): boolean {
  if (event.type !== 'end' || event.end.kind !== 'failed') return false;
  const { kind, status } = event.end.failure;
  return (kind === 'protocol' || kind === 'server') && noRoute.has(status);
}

function asChat({
  model,
  system,
  prompt,
  profile,
}: ExplainPrompt): Parameters<ChatModel['chat']>[0] {
  const instruction = system === undefined ? [] : [{ role: 'system', content: system } as const];
  return { model, profile, messages: [...instruction, { role: 'user', content: prompt }] };
}
