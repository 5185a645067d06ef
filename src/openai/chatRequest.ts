import type { Downgrade, GenerationBody } from '../http/generation';
import type { ServerError } from '../http/serverError';
import type { Flavor } from './servedModels';

/** A request for an answer, by Ollama's names of the options, which the settings use. */
export interface OpenaiChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  /** Whether, or how hard, the model reasons first; absent: its default. */
  readonly think?: boolean | 'low' | 'medium' | 'high';
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Options of Ollama that load a model, or that no other server has: here the server decides. */
const ollamaOnly: ReadonlySet<string> = new Set(['num_ctx', 'num_keep', 'num_batch', 'num_gpu']);
/** Options that of these servers only llama.cpp has. */
const llamacppOnly = /^(?:repeat_last_n|typical_p|mirostat.*)$/u;

/** How servers name the penalty for repetition; the others have none, or are not known to. */
const penaltyNames: Readonly<Partial<Record<Flavor, string>>> = {
  vllm: 'repetition_penalty',
  sglang: 'repetition_penalty',
  ray: 'repetition_penalty',
  llamacpp: 'repeat_penalty',
  llamaswap: 'repeat_penalty',
  lmstudio: 'repeat_penalty',
  localai: 'repeat_penalty',
  llamacpppython: 'repeat_penalty',
};

/** The body of a request. Optional fields, which a strict server refuses, are dropped by `withoutRefused`. */
export function chatBody(request: OpenaiChatRequest, flavor: Flavor): GenerationBody {
  const { model, messages, temperature, think, options = {} } = request;
  const sampling: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const sent = optionName(name, flavor);
    // Ollama's -1 (no limit) is the default here.
    if (sent !== undefined && !(sent === 'max_tokens' && Number(value) < 1)) sampling[sent] = value;
  }
  return {
    model,
    messages: mergeRoles(messages),
    stream: true,
    stream_options: { include_usage: true },
    ...sampling,
    ...(temperature === undefined ? {} : { temperature }),
    ...thinkingFields(think),
    ...(messages.at(-1)?.role === 'assistant' ? continuation : {}),
    ...(flavor === 'llamacpp' ? { return_progress: true } : {}),
  };
}

/** llama.cpp continues an answer that is the last message by itself; vLLM and SGLang only with these. */
const continuation = { continue_final_message: true, add_generation_prompt: false } as const;

function optionName(name: string, flavor: Flavor): string | undefined {
  if (name === 'num_predict') return 'max_tokens';
  if (name === 'repeat_penalty') return penaltyNames[flavor];
  if (ollamaOnly.has(name) || (llamacppOnly.test(name) && flavor !== 'llamacpp')) return undefined;
  return name;
}

/** Each server has one of the two; both do no harm on servers and models without them. */
function thinkingFields(think: OpenaiChatRequest['think']): Readonly<Record<string, unknown>> {
  if (think === undefined) return {};
  const template = { chat_template_kwargs: { enable_thinking: think !== false } };
  if (think === true) return template;
  return { ...template, reasoning_effort: think === false ? 'none' : think };
}

/** Strict chat templates refuse two messages of one role in a row, and a system message that is not the first. */
function mergeRoles(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const merged: ChatMessage[] = [];
  for (const { role, content } of messages) {
    const last = merged.at(-1);
    if (content === '') continue;
    if (last?.role === role) {
      merged[merged.length - 1] = { role, content: `${last.content}\n\n${content}` };
    } else merged.push({ role, content });
  }
  return merged;
}

const required: ReadonlySet<string> = new Set(['model', 'messages', 'stream']);
/** Fields that mean nothing one without the other. */
const pairs: Readonly<Record<string, readonly string[]>> = {
  continue_final_message: ['continue_final_message', 'add_generation_prompt'],
  add_generation_prompt: ['continue_final_message', 'add_generation_prompt'],
  enable_thinking: ['chat_template_kwargs'],
  thinking: ['chat_template_kwargs', 'reasoning_effort'],
};
const namesNoField =
  /unrecognized request argument|extra_forbidden|extra inputs|not permitted|argument not supported|unknown (?:field|parameter|argument)|unsupported parameter|does not support param/iu;

/** The optional fields that a server refused for a model: they are not sent to it again. */
export class RefusedFields {
  readonly #byModel = new Map<string, Set<string>>();

  /** The body without what was refused before. */
  without(body: GenerationBody): GenerationBody {
    const refused = this.#byModel.get(body.model);
    return refused ? omit(body, refused) : body;
  }

  /** What to send instead of a refused body; undefined if the refusal is not about an optional field. */
  downgrade(body: GenerationBody, error: ServerError): Downgrade | undefined {
    const isAboutForm = error.status === 400 || error.status === 422;
    const kinds: readonly string[] = ['server', 'protocol', 'unsupportedThink'];
    if (!isAboutForm || !kinds.includes(error.kind)) return undefined;
    const fields = findRefused(body, error.message);
    if (fields.length === 0) return undefined;
    const refused = this.#byModel.get(body.model) ?? new Set();
    for (const field of fields) refused.add(field);
    this.#byModel.set(body.model, refused);
    return { body: omit(body, refused), field: fields.join(', ') };
  }
}

/** The fields that the message names, else all optional ones if it refuses some field or says nothing. */
function findRefused(body: GenerationBody, message: string): readonly string[] {
  const optional = Object.keys(body).filter((field) => !required.has(field));
  const named = [...optional, 'enable_thinking', 'thinking'].filter((field) =>
    new RegExp(`(?<![\\w])${field}(?![\\w])`, 'iu').test(message),
  );
  const fields = new Set(named.flatMap((field) => pairs[field] ?? [field]));
  const known = optional.filter((field) => fields.has(field));
  if (known.length > 0) return known;
  const saysNothing = /^The server responded with status|^400 status code/u.test(message);
  return saysNothing || namesNoField.test(message) ? optional.filter(isUnusual) : [];
}

/** Every server takes a temperature: without it the answer would be another one. */
function isUnusual(field: string): boolean {
  return field !== 'temperature' && field !== 'max_tokens';
}

function omit(body: GenerationBody, fields: ReadonlySet<string>): GenerationBody {
  const kept = Object.entries(body).filter(([field]) => !fields.has(field));
  return { ...Object.fromEntries(kept), model: body.model };
}
