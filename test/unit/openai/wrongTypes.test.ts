import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readChunk } from '../../../src/openai/answerChunk';
import { parseErrorResponse } from '../../../src/openai/openaiErrors';
import { readCount, readModels, readVersion } from '../../../src/openai/servedModels';
import { json, respond } from '../../support/ollamaServer/scripts';
import { collect, OpenaiFixture, question } from './openaiFixture';

const numRuns = Number(process.env['CRIA_FC_RUNS'] ?? 1000);
const settings = { numRuns, seed: 20_261_130 };
const names = [
  ...['choices', 'delta', 'message', 'content', 'reasoning', 'reasoning_content', 'refusal'],
  ...['finish_reason', 'index', 'usage', 'timings', 'prompt_tokens', 'completion_tokens'],
  ...['prompt_tokens_details', 'cached_tokens', 'prompt_ms', 'predicted_n', 'prompt_progress'],
  ...['total', 'processed', 'error', 'object', 'detail', 'code', 'type', 'n_ctx', 'msg'],
  ...['data', 'id', 'owned_by', 'created', 'parent', 'max_model_len', 'meta', 'status', 'value'],
  ...['metadata', 'capabilities', 'pricing', 'count', 'input_tokens', 'version', 'build_info'],
  // An object with these has no primitive value.
  ...['toString', 'valueOf', '__proto__'],
];
const odd = fc.constantFrom(
  ...[null, true, false, 0, -1, 0.5, 1e21, '', 'x', '5', '{"', [], {}, [null], [[]], [{}]],
  ...['__proto__', 'constructor', '\u0000', 'x'.repeat(5000)],
);
/** JSON with the field names of these APIs, each with a value of any type. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    odd,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
  ),
}));
const asSent = <T>(sent: T): T => JSON.parse(JSON.stringify(sent)) as T;
const anyJson = value.map(asSent);
const anyObject = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 }).map(asSent);

describe('what an OpenAI server sends, with a wrong type in any field', () => {
  const fixture = new OpenaiFixture();

  it('is a chunk with text, counts, or an error, and never throws', () => {
    const check = fc.property(anyObject, (chunk) => {
      const { delta, finish, metrics = {}, read, error } = readChunk(chunk);
      if (delta) assert.equal(typeof delta.content + typeof delta.thinking, 'stringstring');
      assert.ok(finish === undefined || (typeof finish === 'string' && finish !== ''));
      for (const [name, value] of Object.entries(metrics)) {
        assert.ok(typeof value === 'number' && value >= 0 && Number.isFinite(value), name);
      }
      if (read) assert.ok(read.total > 0 && read.done >= 0);
      if (error) assert.ok(error.message !== '' && error.message.length < 3000);
    });
    fc.assert(check, settings);
  });

  it('is a list of models with names and whole numbers, or none', () => {
    const check = fc.property(anyJson, (value) => {
      for (const { id, contextLength = 1, sizeBytes = 1 } of readModels(value, {})?.models ?? []) {
        assert.ok(typeof id === 'string' && id !== '');
        assert.ok(Number.isInteger(contextLength) && contextLength > 0);
        assert.ok(Number.isInteger(sizeBytes) && sizeBytes > 0);
      }
      const version = readVersion(value);
      assert.ok(version === undefined || version.length <= 60);
      readCount(value);
    });
    fc.assert(check, settings);
  });

  it('is an error with one message, whatever the status', () => {
    const anyBody = fc.oneof(
      fc.string({ maxLength: 50 }),
      anyJson.map((value) => JSON.stringify(value)),
      // A gateway escapes the error of the server behind it, again and again.
      anyJson.map((value) =>
        JSON.stringify({ error: { message: JSON.stringify({ error: value }) } }),
      ),
    );
    const check = fc.property(anyBody, fc.integer({ min: 400, max: 599 }), (body, status) => {
      const error = parseErrorResponse(status, { 'retry-after': body.slice(0, 40) }, body);
      assert.ok(error.message !== '' && error.message.length < 3000);
      const { retryAfterMs = 0, promptTokens = 0, contextLength = 0 } = error;
      for (const count of [retryAfterMs, promptTokens, contextLength]) {
        assert.ok(Number.isFinite(count) && count >= 0);
      }
    });
    fc.assert(check, settings);
  });

  const texts = ['data: 5\n\n', 'data: []\n\n', 'data: "x"\n\n', 'data: {"choices":{}}\n\n'];
  for (const text of texts) {
    it(`ends the answer with one failure that keeps the text: ${text.trim()}`, async () => {
      const first = 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n';
      const type = { 'Content-Type': 'text/event-stream' };
      fixture.server.on('/v1/chat/completions', respond(200, type, first + text));
      const { text: kept, end } = await collect(fixture.client().chat(question));
      assert.equal(kept, 'Hel');
      assert.ok(end.kind === 'serverError' && end.error.kind === 'protocol');
    });
  }

  it('is no list of models where the response is something else', async () => {
    for (const value of [null, 5, 'x', [], {}, { data: {} }, { data: null }, { error: 'x' }]) {
      fixture.server.on('/v1/models', json(value));
      await assert.rejects(fixture.client().models(), { name: 'ServerError', kind: 'protocol' });
    }
  });
});

describe('the version of llama.cpp', () => {
  it('is its build, unless that has no number', () => {
    assert.equal(readVersion({ build_info: 'b6401-c610b6c1' }), 'b6401-c610b6c1');
    assert.equal(readVersion({ build_info: 'b0-unknown' }), undefined);
  });
});
