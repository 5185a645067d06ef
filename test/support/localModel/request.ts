import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { Failure } from './failure';
import { modelName } from './modelCard';

const optionsSchema = v.object({
  num_ctx: v.optional(v.number()),
  num_predict: v.optional(v.number()),
  temperature: v.optional(v.number()),
  seed: v.optional(v.number()),
  top_k: v.optional(v.number()),
  top_p: v.optional(v.number()),
  min_p: v.optional(v.number()),
  repeat_penalty: v.optional(v.number()),
  repeat_last_n: v.optional(v.number()),
  stop: v.optional(v.array(v.string())),
});

const common = {
  model: v.optional(v.string(), ''),
  stream: v.nullish(v.boolean(), true),
  keep_alive: v.nullish(v.union([v.number(), v.string()])),
  truncate: v.nullish(v.boolean(), true),
  think: v.nullish(v.union([v.boolean(), v.string()])),
  options: v.nullish(optionsSchema),
};

const messageSchema = v.object({
  role: v.string(),
  content: v.optional(v.string(), ''),
  images: v.nullish(v.array(v.string())),
});

const chatSchema = v.object({
  ...common,
  messages: v.nullish(v.array(messageSchema)),
  tools: v.nullish(v.array(v.unknown())),
});

const generateSchema = v.object({
  ...common,
  prompt: v.optional(v.string(), ''),
  system: v.optional(v.string()),
  context: v.nullish(v.array(v.number())),
  raw: v.optional(v.boolean(), false),
});

const showSchema = v.object({ model: v.optional(v.string(), '') });

export type RequestOptions = v.InferOutput<typeof optionsSchema>;
export type ChatRequest = v.InferOutput<typeof chatSchema>;
export type GenerateRequest = v.InferOutput<typeof generateSchema>;

/** The body of `/api/chat`. @throws Failure in Ollama's words */
export async function readChat(message: IncomingMessage): Promise<ChatRequest> {
  const request = read(chatSchema, await readJson(message));
  if (request.model === '') throw new Failure(400, 'model is required');
  requireModel(request.model);
  requireNoThinking(request);
  if (request.tools?.length) {
    throw new Failure(400, `registry.ollama.ai/library/${modelName} does not support tools`);
  }
  return request;
}

/** The body of `/api/generate`. @throws Failure in Ollama's words */
export async function readGenerate(message: IncomingMessage): Promise<GenerateRequest> {
  const request = read(generateSchema, await readJson(message));
  requireModel(request.model);
  requireNoThinking(request);
  return request;
}

/** Checks that `/api/show` asks for the model there is. @throws Failure in Ollama's words */
export async function readShow(message: IncomingMessage): Promise<void> {
  requireModel(read(showSchema, await readJson(message)).model);
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const body = await text(message);
  if (body === '') throw new Failure(400, 'missing request body');
  try {
    return JSON.parse(body);
  } catch {
    throw new Failure(400, 'unexpected EOF');
  }
}

function read<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  if (path.startsWith('options.')) {
    const type = path === 'options.num_ctx' ? 'integer' : issue.expected;
    throw new Failure(500, `option "${path.slice('options.'.length)}" must be of type ${type}`);
  }
  throw new Failure(400, `json: cannot unmarshal ${issue.received} into field ${path}`);
}

function requireModel(name: string): void {
  if (name !== modelName) throw new Failure(404, `model '${name}' not found`);
}

function requireNoThinking({ think }: { think?: boolean | string | null | undefined }): void {
  if (think) throw new Failure(400, `"${modelName}" does not support thinking`);
}
