import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../../../src/http/jsonValues';
import { readAnswerLine } from '../../../src/ollama/answerStream';

/** A JSON object with these fields: valibot would also take an array. */
const json = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(v.custom<JsonObject>(isJsonObject), v.object(entries));

const text = v.nullish(v.string(), '');
const count = v.fallback(v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))), undefined);
const call = json({
  id: v.fallback(v.string(), ''),
  function: json({
    name: v.string(),
    arguments: v.nullish(v.custom<JsonObject>(isJsonObject), {}),
    index: count,
  }),
});
/** What Go leaves out, and what other servers send in its place, is no list. */
const calls = v.optional(v.union([v.array(call), v.null(), v.literal(false), v.picklist([0, ''])]));
const end = {
  done: v.nullish(v.boolean(), false),
  done_reason: v.fallback(v.pipe(v.string(), v.minLength(1)), 'stop'),
  context: v.fallback(v.optional(v.array(v.pipe(v.number(), v.integer()))), undefined),
  total_duration: count,
  load_duration: count,
  prompt_eval_count: count,
  prompt_eval_duration: count,
  eval_count: count,
  eval_duration: count,
};

/** A line of `/api/chat` or `/api/generate`, as a schema: what the reader does by hand for each token. */
const lineSchema = v.union([
  json({
    message: json({ content: text, thinking: text, tool_calls: calls }),
    ...end,
  }),
  json({
    message: v.nullish(v.never()),
    response: text,
    thinking: text,
    tool_calls: calls,
    ...end,
  }),
]);

/** Calls are in the message, or next to it. */
function withCalls(line: unknown): unknown {
  if (!isJsonObject(line) || !isJsonObject(line['message'])) return line;
  const { message } = line;
  return {
    ...line,
    message: { ...message, tool_calls: message['tool_calls'] ?? line['tool_calls'] },
  };
}

/** What the schema makes of a line; undefined: it refuses it. */
function readBySchema(line: unknown): object | undefined {
  const parsed = v.safeParse(lineSchema, withCalls(line));
  if (!parsed.success) return undefined;
  const { output } = parsed;
  const message = 'response' in output ? { ...output, content: output.response } : output.message;
  const { content, thinking } = message;
  const listed = message.tool_calls;
  const toolCalls = Array.isArray(listed) && listed.length > 0 ? listed : undefined;
  const isEmpty = content === '' && thinking === '' && toolCalls === undefined;
  const metrics = {
    totalDurationNs: output.total_duration,
    loadDurationNs: output.load_duration,
    promptEvalCount: output.prompt_eval_count,
    promptEvalDurationNs: output.prompt_eval_duration,
    evalCount: output.eval_count,
    evalDurationNs: output.eval_duration,
  };
  const { done_reason: reason, context } = output;
  return {
    ...(!isEmpty && {
      delta: { type: 'delta', content, thinking, ...(toolCalls && { toolCalls }) },
    }),
    ...(output.done && { end: { kind: 'done', reason, metrics, ...(context && { context }) } }),
  };
}

const odd = fc.oneof(
  fc.constantFrom(null, true, false, 0, -1, 7, 0.5, '', 'text', [], ['a'], {}, { a: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const some = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: usual, weight: 6 }, { arbitrary: odd, weight: 1 });
const texts = some(fc.constantFrom('', 'a', 'b\n', '🌊'));
const toolCalls = some(
  fc.array(
    some(
      fc.record(
        {
          id: texts,
          function: some(
            fc.record(
              { name: texts, arguments: some(fc.constant({ path: 'a' })), index: some(fc.nat(3)) },
              { requiredKeys: [] },
            ),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    { maxLength: 2 },
  ),
);
const parts = { thinking: texts, tool_calls: toolCalls };
const lines = some(
  fc.record(
    {
      message: some(fc.record({ content: texts, ...parts }, { requiredKeys: [] })),
      response: texts,
      ...parts,
      done: some(fc.boolean()),
      done_reason: texts,
      context: some(fc.array(fc.nat(9), { maxLength: 3 })),
      total_duration: some(fc.nat()),
      prompt_eval_count: some(fc.nat()),
      eval_count: some(fc.nat()),
      eval_duration: some(fc.nat()),
    },
    { requiredKeys: [] },
  ),
);

/** Fields that are undefined are left out, and the order of fields does not count. */
const plain = (read: object | undefined): unknown => JSON.parse(JSON.stringify(read ?? null));

describe('the reader of a line, by hand', () => {
  it('takes what the schema takes, and makes the same of it', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(lines, (value) => {
        const line: unknown = JSON.parse(JSON.stringify(value));
        const expected = readBySchema(line);
        const read = readAnswerLine(JSON.stringify(line));
        if (expected === undefined) {
          seen.refused += 1;
          assert.equal(read.end?.kind, 'serverError');
        } else {
          seen.taken += 1;
          assert.deepEqual(plain(read), plain(expected));
        }
      }),
      { numRuns: 3_000 },
    );
    assert.ok(Math.min(seen.taken, seen.refused) > 300, JSON.stringify(seen));
  });
});
