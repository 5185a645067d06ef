import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Completion } from './completion';
import { Failure } from './failure';
import { modelName } from './modelCard';
import type { Token } from './llama';

/** When a request came in and when its model was ready, by `process.hrtime.bigint()`. */
export interface Stopwatch {
  received: bigint;
  loaded: bigint;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

/** An error before the first byte is a status; after it, one last line. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  const status = error instanceof Failure ? error.status : 500;
  const body = { error: error instanceof Error ? error.message : String(error) };
  if (response.headersSent) response.end(`${JSON.stringify(body)}\n`);
  else sendJson(response, status, body);
}

/** The fields every line begins with. */
export function lineStart(): { model: string; created_at: string } {
  return { model: modelName, created_at: new Date().toISOString() };
}

/** The fields of the last line. */
export function lineEnd(
  completion: Completion,
  prompt: readonly Token[],
  { received, loaded }: Stopwatch,
): Record<string, unknown> {
  return {
    done: true,
    done_reason: completion.reason,
    total_duration: Number(process.hrtime.bigint() - received),
    load_duration: Number(loaded - received),
    prompt_eval_count: prompt.length,
    prompt_eval_duration: completion.promptEvalNs,
    eval_count: completion.evalCount,
    eval_duration: completion.evalNs,
  };
}

/** Writes one NDJSON line, and waits while the client reads more slowly than we write. */
export async function writeLine(
  response: ServerResponse,
  line: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (!response.write(`${JSON.stringify(line)}\n`)) await once(response, 'drain', { signal });
}
