import assert from 'node:assert/strict';
import type { ChatEvent, PhaseEvent, StreamEnd } from '../../../../src/http/streamEvents';
import { ServerError, type ServerErrorKind } from '../../../../src/http/serverError';
import type { ToolCall } from '../../../../src/http/streamEvents';

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
export function errorOf(end: StreamEnd): ServerError {
  assert.notEqual(end.kind, 'done');
  return end.kind === 'done' ? assert.fail() : end.error;
}

/** `end` in short: `done:stop`, or its kind and that of its error. */
export function endName(end: StreamEnd): string {
  return end.kind === 'done' ? `done:${end.reason}` : `${end.kind}:${end.error.kind}`;
}

/** Asserts that `promise` rejects with an `ServerError` of this kind, and gives it. */
export async function rejection(
  promise: Promise<unknown>,
  kind?: ServerErrorKind,
): Promise<ServerError> {
  const error: unknown = await promise.then(
    () => assert.fail('it should have rejected'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ServerError, `not an ServerError: ${String(error)}`);
  if (kind !== undefined) assert.equal(error.kind, kind, error.message);
  return error;
}
