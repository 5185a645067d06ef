import type { Exchange, Script } from './exchange';
import { ndjson, type NdjsonOptions } from './scripts';

export interface AnswerOptions extends NdjsonOptions {
  /** Sent before the answer, one chunk each. */
  readonly thinking?: readonly string[];
  readonly toolCalls?: readonly {
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  }[];
  /** Default `stop`. */
  readonly doneReason?: string;
  /** Replaces single fields of the last line; `undefined` takes one away. */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** For generate: the array on the last line. Default: the one that was sent, and one entry a token. */
  readonly context?: readonly number[];
  /** Ends with this error line in place of the last line. */
  readonly error?: string;
  /** Leaves the last line out, as a server that goes away. */
  readonly withoutDone?: boolean;
}

/**
 * Streams `tokens` as Ollama does, for chat and for generate, whichever is asked:
 * `server.onChat(answer(['Hel', 'lo']))`.
 */
export function answer(tokens: readonly string[], options: AnswerOptions = {}): Script {
  return (exchange) => ndjson(lines(exchange, tokens, options), options)(exchange);
}

/** A text cut into pieces like tokens: words with the space before them. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}

function lines(exchange: Exchange, tokens: readonly string[], options: AnswerOptions): unknown[] {
  const chunk = exchange.path.endsWith('/chat') ? chatChunk : generateChunk;
  const head = { model: exchange.model, created_at: new Date().toISOString() };
  const line = (fields: ChunkFields) => ({ ...head, ...chunk(fields), done: false });
  const result: unknown[] = (options.thinking ?? []).map((thinking) => line({ thinking }));
  if (options.toolCalls) {
    result.push(line({ tool_calls: options.toolCalls.map(toolCall) }));
  }
  result.push(...tokens.map((content) => line({ content })));
  if (options.error !== undefined) result.push({ error: options.error });
  else if (options.withoutDone !== true) {
    result.push({
      ...head,
      ...chunk({}),
      done: true,
      ...lastLine(exchange, tokens.length, options),
    });
  }
  return result;
}

interface ChunkFields {
  readonly content?: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly unknown[];
}

function chatChunk({ content = '', ...rest }: ChunkFields): object {
  return { message: { role: 'assistant', content, ...rest } };
}

function generateChunk({ content = '', ...rest }: ChunkFields): object {
  return { response: content, ...rest };
}

function toolCall(
  call: { readonly name: string; readonly arguments: unknown },
  index: number,
): unknown {
  return { id: `call_${String(index).padStart(8, '0')}`, function: { index, ...call } };
}

function lastLine(
  exchange: Exchange,
  tokens: number,
  options: AnswerOptions,
): Record<string, unknown> {
  return {
    done_reason: options.doneReason ?? 'stop',
    ...(exchange.path.endsWith('/generate')
      ? { context: contextOf(exchange, tokens, options) }
      : {}),
    total_duration: 1_500_000_000,
    load_duration: 20_000_000,
    prompt_eval_count: 26,
    prompt_eval_duration: 130_000_000,
    eval_count: tokens,
    eval_duration: 20_000_000 * tokens,
    ...options.metrics,
  };
}

function contextOf(exchange: Exchange, tokens: number, options: AnswerOptions): unknown {
  if (exchange.json?.['raw'] === true) return undefined;
  const sent = exchange.json?.['context'];
  const before: readonly unknown[] = Array.isArray(sent) ? sent : [];
  return options.context ?? [...before, ...Array.from({ length: tokens }, (_, index) => index + 1)];
}
