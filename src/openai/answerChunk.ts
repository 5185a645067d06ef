import {
  isJsonObject,
  type JsonObject,
  optionalCount,
  optionalString,
  toJsonText,
} from '../http/jsonValues';
import { protocolError, type ServerError } from '../http/serverError';
import type { DeltaEvent, PromptProgress } from '../http/streamEvents';
import { defined } from '../shared/defined';
import type { Metrics } from '../shared/turn';
import { readStreamError } from './openaiErrors';

/** What one chunk of an answer says; each part may be missing. */
export interface AnswerChunk {
  readonly delta?: DeltaEvent;
  /** As the server names it: `stop`, `length`, `content_filter`, … */
  readonly finish?: string;
  readonly metrics?: Metrics;
  readonly read?: PromptProgress;
  readonly error?: ServerError;
}

/**
 * Reads a chunk of `/chat/completions`. This runs once a token, hence no schema: only the fields that are used
 * are looked at, where any server has them. `choices` may be empty or missing, text and the reason of the end
 * may come in one chunk, reasoning has two names, and usage comes in whichever chunk a server likes.
 */
export function readChunk(chunk: JsonObject): AnswerChunk {
  if (chunk['error'] || chunk['object'] === 'error') return { error: readStreamError(chunk) };
  const choice = findChoice(chunk['choices']);
  if (typeof choice === 'string') return wrongType(choice, chunk);
  const delta = choice && readText(choice['delta'] ?? choice['message']);
  if (typeof delta === 'string') return wrongType(delta, chunk);
  const finish = optionalString(choice?.['finish_reason']);
  return defined({
    delta,
    finish: finish === '' ? undefined : finish,
    metrics: readMetrics(chunk),
    read: readProgress(chunk['prompt_progress']),
  });
}

/** The first alternative; undefined: the chunk has none. A string names the field whose type is wrong. */
function findChoice(choices: unknown): JsonObject | string | undefined {
  if (choices === undefined || choices === null) return undefined;
  if (!Array.isArray(choices)) return 'choices';
  for (const choice of choices as readonly unknown[]) {
    if (!isJsonObject(choice)) return 'choices';
    if ((choice['index'] ?? 0) === 0) return choice;
  }
  return undefined;
}

function readText(message: unknown): DeltaEvent | string | undefined {
  if (!isJsonObject(message)) return undefined;
  const content = toText(message['content']);
  if (content === undefined) return 'content';
  // A server that sends both sends the same text twice.
  const named = toText(message['reasoning_content']) ?? '';
  const thinking = named === '' ? (toText(message['reasoning']) ?? '') : named;
  const refusal = toText(message['refusal']) ?? '';
  if (content === '' && thinking === '' && refusal === '') return undefined;
  return { type: 'delta', content: content + refusal, thinking };
}

/** Text, or the text of a list of parts; undefined for anything else. */
function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (!Array.isArray(value)) return undefined;
  return value
    .map((part: unknown) =>
      isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : '',
    )
    .join('');
}

const nsPerMs = 1e6;

/** Counts of `usage`, and the durations of llama.cpp's `timings`, which are milliseconds. */
function readMetrics({ usage, timings }: JsonObject): Metrics | undefined {
  if (!isJsonObject(usage) && !isJsonObject(timings)) return undefined;
  const counted = isJsonObject(usage) ? usage : {};
  const timed = isJsonObject(timings) ? timings : {};
  const details = counted['prompt_tokens_details'];
  const duration = (name: string): number | undefined => {
    const ms = optionalCount(timed[name]);
    return ms === undefined ? undefined : ms * nsPerMs;
  };
  return defined({
    promptEvalCount: optionalCount(counted['prompt_tokens']) ?? countPrompt(timed),
    evalCount: optionalCount(counted['completion_tokens']) ?? optionalCount(timed['predicted_n']),
    cachedTokens:
      optionalCount(isJsonObject(details) ? details['cached_tokens'] : undefined) ??
      optionalCount(timed['cache_n']),
    promptEvalDurationNs: duration('prompt_ms'),
    evalDurationNs: duration('predicted_ms'),
  });
}

/** `timings` counts what was read and what was in the cache apart. */
function countPrompt(timings: JsonObject): number | undefined {
  const read = optionalCount(timings['prompt_n']);
  return read === undefined ? undefined : read + (optionalCount(timings['cache_n']) ?? 0);
}

function readProgress(progress: unknown): PromptProgress | undefined {
  if (!isJsonObject(progress)) return undefined;
  const done = optionalCount(progress['processed']);
  const total = optionalCount(progress['total']);
  return done === undefined || total === undefined || total === 0 ? undefined : { done, total };
}

function wrongType(field: string, chunk: JsonObject): AnswerChunk {
  const message = `The server sent an event whose field "${field}" has the wrong type.`;
  return { error: protocolError(message, toJsonText(chunk)) };
}
