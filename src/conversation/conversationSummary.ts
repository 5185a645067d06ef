import type { Failure, Turn } from '../shared/turn';
import type { ChatModel } from './ports';
import type { PromptPlan } from './promptPlan';

/** Sent after the conversation and never shown; the user edits the answer. */
const instruction =
  'Summarize this conversation so that it can continue in a new chat: the goal, the decisions, the ' +
  'important code and names, and the open questions. Short bullet points, no introduction.';

export type Summary =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The turn that asks for a summary; it is never part of the conversation. */
export function summaryTurn(createdAt: number): Turn {
  return { role: 'user', id: 'summary', parent: null, createdAt, text: instruction };
}

/** Asks the model for a summary, as for any answer; tries again when the prompt did not fit. */
export async function summarize(
  chatModel: ChatModel,
  model: string,
  plan: PromptPlan,
  signal: AbortSignal,
): Promise<Summary> {
  const request = (): Promise<Summary> => {
    plan.commit();
    const prompt = { model, profile: plan.profile, messages: plan.messages() };
    return requestSummary(chatModel, prompt, signal);
  };
  const first = await request();
  return first.kind === 'failed' && plan.recover(first.failure) ? request() : first;
}

async function requestSummary(
  chatModel: ChatModel,
  prompt: Parameters<ChatModel['chat']>[0],
  signal: AbortSignal,
): Promise<Summary> {
  let text = '';
  for await (const event of chatModel.chat(prompt, signal)) {
    if (event.type === 'delta') text += event.answer;
    if (event.type !== 'end') continue;
    if (event.end.kind === 'done') return { kind: 'done', text: text.trim() };
    if (event.end.kind !== 'cancelled') return { kind: 'failed', failure: event.end.failure };
  }
  return { kind: 'cancelled' };
}
