import assert from 'node:assert/strict';
import type { ChatEvent, PhaseEvent, StreamEnd } from '../../../../src/ollama/streamEvents';
import { OllamaError, type OllamaErrorKind } from '../../../../src/ollama/errors';
import type { ToolCall } from '../../../../src/ollama/wire';

/** What came out of a stream. */
export interface Collected {
  readonly events: readonly ChatEvent[];
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCall[];
  readonly phases: readonly PhaseEvent[];
  readonly end: StreamEnd;
}

/** Reads a stream to its end, and asserts what holds for every stream: one end, and nothing after it. */
export async function collect(stream: AsyncIterable<ChatEvent>): Promise<Collected> {
  const events: ChatEvent[] = [];
  for await (const event of stream) events.push(event);
  return summarise(events);
}

export function summarise(events: readonly ChatEvent[]): Collected {
  const deltas = events.filter((event) => event.type === 'delta');
  const ends = events.filter((event) => event.type === 'end');
  const last = events.at(-1);
  assert.equal(ends.length, 1, 'a stream has exactly one end');
  assert.ok(last?.type === 'end', 'nothing follows the end');
  return {
    events,
    text: deltas.map((delta) => delta.content).join(''),
    thinking: deltas.map((delta) => delta.thinking).join(''),
    toolCalls: deltas.flatMap((delta) => delta.toolCalls ?? []),
    phases: events.filter((event) => event.type === 'phase'),
    end: last.end,
  };
}

/** The error of an end that has one. */
export function errorOf(end: StreamEnd): OllamaError {
  assert.notEqual(end.kind, 'done');
  return end.kind === 'done' ? assert.fail() : end.error;
}

/** `end` in short: `done:stop`, or its kind and that of its error. */
export function endName(end: StreamEnd): string {
  return end.kind === 'done' ? `done:${end.reason}` : `${end.kind}:${end.error.kind}`;
}

/** Asserts that `promise` rejects with an `OllamaError` of this kind, and gives it. */
export async function rejection(
  promise: Promise<unknown>,
  kind?: OllamaErrorKind,
): Promise<OllamaError> {
  const error: unknown = await promise.then(
    () => assert.fail('it should have rejected'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OllamaError, `not an OllamaError: ${String(error)}`);
  if (kind !== undefined) assert.equal(error.kind, kind, error.message);
  return error;
}
