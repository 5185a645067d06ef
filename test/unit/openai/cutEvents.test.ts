import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import { readChunk } from '../../../src/openai/answerChunk';
import { EventScanner } from '../../../src/openai/eventScanner';
import { bodyBytes, loadRecording } from '../../support/ollamaServer/scripts';
import { event, openaiRecordings, ScriptedBody } from './openaiFixture';

interface Read {
  readonly text: string;
  readonly thinking: string;
  readonly end: string;
}

/** Reads a body that arrives in these pieces and then ends cleanly, or with the connection. */
function read(pieces: readonly Buffer[], how: 'finish' | 'break' = 'finish'): Read {
  const body = new ScriptedBody();
  for (const piece of pieces) body.send(piece);
  body[how]();
  return { text: body.text, thinking: body.thinking, end: body.endName };
}

const lmStudioWords =
  'The number of tokens to keep from the initial prompt is greater than the context length.';
const lmStudioError = `event: error\ndata: ${JSON.stringify({
  error: { message: lmStudioWords },
  message: lmStudioWords,
})}\n\n`;

function noop(): void {
  // Nothing to do.
}

const maxBytes = 2500;

/** The body of a recorded answer; of a long one its first and its last events. */
function shortBody(name: string): Buffer {
  const body = bodyBytes(loadRecording(name));
  if (body.length <= maxBytes) return body;
  const parts = body.toString().split(/(?<=\r?\n\r?\n)/u);
  return Buffer.from([...parts.slice(0, 4), ...parts.slice(-6)].join(''));
}

describe('a stream of events, cut anywhere', () => {
  const answers = openaiRecordings().filter((name) => {
    const { request, end, response } = loadRecording(name);
    const head = response[0]?.[1] ?? '';
    const isEvents = /content-type: text\/event-stream/iu.test(head);
    return end === 'eof' && request.path.startsWith('/v1/chat/completions') && isEvents;
  });

  const words = event({ delta: { content: 'Hel' } });
  const bodies = [
    ...answers.map((name) => [name, shortBody(name)] as const),
    // Composed: no recording of LM Studio, which sends this in place of an answer or in the middle of one.
    ['LM Studio, prompt too long', Buffer.from(lmStudioError)],
    ['LM Studio, an error after text', Buffer.from(words + lmStudioError)],
    ['an error that is text', Buffer.from(`${words}event: error\ndata: out of memory\n\n`)],
  ] as const;

  for (const [name, body] of bodies) {
    it(`${name} says the same in two pieces, and nothing more when it ends early`, () => {
      const whole = read([body]);
      assert.notEqual(whole.end, 'none');
      for (let cut = 0; cut <= body.length; cut++) {
        const first = body.subarray(0, cut);
        assert.deepEqual(read([first, body.subarray(cut)]), whole, `cut at ${cut}`);
        for (const how of ['finish', 'break'] as const) {
          const early = read([first], how);
          assert.ok(whole.text.startsWith(early.text), `text after ${cut}`);
          assert.ok(whole.thinking.startsWith(early.thinking), `thinking after ${cut}`);
          const incomplete =
            how === 'break'
              ? /^transportError:truncated|^serverError/u
              : /^(?:truncated|serverError)/u;
          const isWhole = early.end === whole.end;
          assert.ok(isWhole || incomplete.test(early.end), `${early.end} after ${cut}`);
          if (early.end.startsWith('done')) assert.equal(early.text, whole.text);
        }
      }
    });
  }

  it('an LM Studio that refuses a prompt says why', () => {
    assert.equal(read([Buffer.from(lmStudioError)]).end, 'serverError:contextOverflow');
    const { text, end } = read([Buffer.from(words + lmStudioError)]);
    assert.deepEqual([text, end], ['Hel', 'serverError:contextOverflow']);
  });
});

const numRuns = Number(process.env['CRIA_FC_RUNS'] ?? 1000);
const settings = { numRuns, seed: 20_261_130 };
const ending = fc.constantFrom('\n', '\r\n', '\r');
const anyLine = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replaceAll(/[\r\n]/gu, ''));

describe('server-sent events', () => {
  it('are the same for every line end and every way to cut them', () => {
    const anyEvent = fc.record({
      name: fc.constantFrom('', 'message', 'error', 'other'),
      data: fc.array(anyLine, { minLength: 1, maxLength: 3 }),
      comment: fc.option(anyLine, { nil: undefined }),
      space: fc.constantFrom('', ' '),
      end: ending,
    });
    const check = fc.property(
      fc.array(anyEvent, { maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.boolean(),
      (events, cuts, bom) => {
        const text = events.map(({ name, data, comment, space, end }) => [
          ...(comment === undefined ? [] : [`:${comment}${end}`]),
          ...(name === '' ? [] : [`event: ${name}${end}`]),
          `id: 1${end}`,
          // A first blank belongs to the field, not to its value.
          ...data.map((line) => `data:${line.startsWith(' ') ? ' ' : space}${line}${end}`),
          end,
        ]);
        const bytes = Buffer.from((bom ? '\uFEFF' : '') + text.flat().join(''));
        const seen: unknown[] = [];
        const scanner = new EventScanner(10_000, {
          onEvent: (name, data) => seen.push([name, data]),
          onComment: noop,
          onForeignLine: (line) => seen.push(line),
        });
        const at = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
        for (const [index, cut] of [...at, bytes.length].entries()) {
          scanner.push(bytes.subarray(at[index - 1] ?? 0, cut));
        }
        scanner.end();
        assert.deepEqual(
          seen,
          events.map(({ name, data }) => [name, data.join('\n')]),
        );
      },
    );
    fc.assert(check, settings);
  });

  it('refuses an event that is longer than the limit, also in many lines', () => {
    const scanner = new EventScanner(1000, { onEvent: noop, onComment: noop, onForeignLine: noop });
    assert.throws(() => scanner.push(Buffer.from(`data: ${'x'.repeat(2000)}\n\n`)), /longer than/u);
    const other = new EventScanner(1000, { onEvent: noop, onComment: noop, onForeignLine: noop });
    const line = Buffer.from(`data: ${'x'.repeat(90)}\n`);
    assert.throws(() => {
      for (let count = 0; count < 20; count++) other.push(line);
    }, /longer than/u);
  });
});

const optionalText = v.nullish(v.string());
const chunkSchema = v.looseObject({
  choices: v.nullish(
    v.array(
      v.looseObject({
        index: v.optional(v.number()),
        finish_reason: optionalText,
        delta: v.optional(
          v.looseObject({
            content: optionalText,
            reasoning: optionalText,
            reasoning_content: optionalText,
            refusal: optionalText,
          }),
        ),
      }),
    ),
  ),
});

describe('a chunk', () => {
  const text = fc.option(fc.string({ maxLength: 5 }));
  const anyDelta = fc.record(
    { content: text, reasoning: text, reasoning_content: text, refusal: text, role: fc.string() },
    { requiredKeys: [] },
  );
  const anyChunk = fc.record(
    {
      choices: fc.option(
        fc.array(
          fc.record(
            {
              index: fc.nat(1),
              delta: anyDelta,
              finish_reason: fc.option(fc.constantFrom('', 'stop')),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
      ),
      usage: fc.option(fc.record({ prompt_tokens: fc.oneof(fc.integer(), fc.string()) })),
      obfuscation: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: [] },
  );

  it('is read as its schema reads it', () => {
    const check = fc.property(anyChunk, (chunk) => {
      const { choices } = v.parse(chunkSchema, chunk);
      const choice = choices?.find(({ index = 0 }) => index === 0);
      const none = { content: null, refusal: null, reasoning: null, reasoning_content: null };
      const delta = { ...none, ...choice?.delta };
      const texts = [delta.reasoning_content, delta.reasoning].filter(Boolean);
      const read = { content: '', thinking: '', ...readChunk(chunk).delta };
      assert.equal(readChunk(chunk).error, undefined);
      assert.equal(read.content, [delta.content, delta.refusal].join(''));
      assert.equal(read.thinking, texts[0] ?? '');
      assert.equal(readChunk(chunk).finish ?? '', choice?.finish_reason ?? '');
    });
    fc.assert(check, settings);
  });

  it('fails with a protocol error where the schema does, and never throws', () => {
    const check = fc.property(
      fc.dictionary(fc.constantFrom('choices', 'x'), fc.jsonValue({ maxDepth: 3 })),
      (chunk) => {
        const { error } = readChunk(chunk);
        // For valibot a list is an object, too.
        const hasList = /\[\[|\{"choices":\[.*:\[/u.test(JSON.stringify(chunk));
        if (!hasList && v.is(chunkSchema, chunk)) assert.equal(error, undefined);
        if (error) assert.equal(error.kind, 'protocol');
      },
    );
    fc.assert(check, settings);
  });
});
