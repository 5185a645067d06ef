import { isJsonObject } from '../http/jsonValues';
import type { GenerationBody, Replacement } from '../http/refusedFields';
import type { ServerError } from '../http/serverError';
import { defined } from '../shared/defined';
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

/** The body of a request. Optional fields, which a strict server refuses, are found by `findRefused`. */
export function chatBody(request: OpenaiChatRequest, flavor: Flavor): GenerationBody {
  const { model, temperature, think, options = {} } = request;
  const messages = toTemplateOrder(request.messages);
  const sampling: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const sent = optionName(name, flavor);
    // Ollama's -1 (no limit) is the default here.
    if (sent !== undefined && !(sent === 'max_tokens' && Number(value) < 1)) sampling[sent] = value;
  }
  return {
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    ...sampling,
    ...(temperature === undefined ? {} : { temperature }),
    ...thinkingFields(think, sampling['chat_template_kwargs']),
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
function thinkingFields(
  think: OpenaiChatRequest['think'],
  given: unknown,
): Readonly<Record<string, unknown>> {
  if (think === undefined) return {};
  const own = isJsonObject(given) ? given : {};
  const template = { chat_template_kwargs: { ...own, enable_thinking: think !== false } };
  if (think === true) return template;
  return { ...template, reasoning_effort: think === false ? 'none' : think };
}

/** Strict chat templates refuse two messages of one role in a row, and a system message that is not the first. */
export function toTemplateOrder(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const merged: ChatMessage[] = [];
  const system = messages.filter(({ role }) => role === 'system');
  for (const message of [...system, ...messages.filter((each) => !system.includes(each))]) {
    const { role, content } = message;
    const last = merged.at(-1);
    if (content === '') continue;
    if (last?.role === role) {
      merged[merged.length - 1] = { role, content: `${last.content}\n\n${content}` };
    } else merged.push(message);
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
/** How a server speaks that takes no field it does not know: it would refuse the others, too. */
const refusesUnknown =
  /unrecognized request argument|extra_forbidden|extra inputs|not permitted|argument not supported|unknown (?:field|parameter|argument)|unsupported parameter|does not support param/iu;
const saysNothing = /^The server responded with status|^400 status code/u;
/** A refusal of these kinds can be about the form of the request. */
const formKinds: ReadonlySet<string> = new Set(['server', 'protocol', 'unsupportedThink']);

/** The limit of an answer has two names: newer models of OpenAI refuse the first, older servers the second. */
const limitNames: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/**
 * The optional fields that a refusal is about: those that it names, and all of them if it refuses what it does not
 * know, or says nothing. The limit of the answer is sent under its other name.
 */
export function findRefused(
  body: GenerationBody,
  { status, kind, message }: ServerError,
): ReadonlyMap<string, Replacement> {
  if ((status !== 400 && status !== 422) || !formKinds.has(kind)) return new Map();
  const optional = Object.keys(body).filter(
    (field) => !required.has(field) && body[field] !== undefined,
  );
  const words = new Set(message.toLowerCase().match(/\w+/gu));
  const named = new Set(
    [...optional, 'enable_thinking', 'thinking']
      .filter((field) => words.has(field.toLowerCase()))
      .flatMap((field) => pairs[field] ?? [field]),
  );
  const isStrict = refusesUnknown.test(message) || (named.size === 0 && saysNothing.test(message));
  // It is about this field only if it tells the right one.
  const hasOtherName = [...named].some((field) => words.has(limitNames[field] ?? ''));
  const dropsUnusual = isStrict && !hasOtherName;
  const refused = optional.filter(
    (field) => named.has(field) || (dropsUnusual && isUnusual(field)),
  );
  // The limit is the last that a server without words can mean.
  if (isStrict && refused.length === 0) refused.push(...optional.filter(isLimit));
  const replacement = (field: string): Replacement =>
    isStrict || hasOtherName ? defined({ renamedTo: limitNames[field] }) : {};
  return new Map(refused.map((field) => [field, replacement(field)]));
}

function isLimit(field: string): boolean {
  return limitNames[field] !== undefined;
}

/** Every server takes these: without them the answer would be another one. */
function isUnusual(field: string): boolean {
  return field !== 'temperature' && !isLimit(field);
}
