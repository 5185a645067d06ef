import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAnswerLine } from '../../../src/ollama/answerStream';
import type { ServerError } from '../../../src/http/serverError';
import { LineScanner } from '../../../src/http/lineScanner';
import { parseErrorResponse } from '../../../src/ollama/refusals';
import type { Exchange } from '../../support/ollamaServer/exchange';
import { CaseRunner } from './caseRunner';
import { endName, settle, streamRouteNames } from '../ollama/clientFixture';

/** 1000 in a run; more by `CRIA_FC_RUNS`. */
const numRuns = Number(process.env['CRIA_FC_RUNS'] ?? 1000);
/** A failure is the same failure in every run. */
const settings = { numRuns, seed: 20_261_122 };

const anyText = fc.string({ unit: 'binary', maxLength: 20 });

const anyLine = fc.record({
  content: anyText,
  thinking: fc.option(anyText, { nil: undefined }),
  unknown: fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined }),
  newline: fc.constantFrom('\n', '\r\n', '\n\n', ' \n\r\n'),
});

const faults = ['none', 'finish', 'goodOrder', 'reset', 'errorLine', 'garbage'] as const;
const ends: Readonly<Record<(typeof faults)[number], string>> = {
  none: 'done:stop',
  finish: 'transportError:truncated',
  goodOrder: 'truncated:truncated',
  reset: 'transportError:truncated',
  errorLine: 'serverError:server',
  garbage: 'serverError:protocol',
};

const anyAnswer = fc.record({
  route: fc.constantFrom(...streamRouteNames),
  bom: fc.boolean(),
  lines: fc.array(anyLine, { maxLength: 8 }),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
  fault: fc.constantFrom(...faults),
  lastNewline: fc.boolean(),
});
type AnyAnswer = typeof anyAnswer extends fc.Arbitrary<infer T> ? T : never;

function encode({ route, bom, lines, fault, lastNewline }: AnyAnswer): string {
  const body = lines.map(({ content, thinking, unknown, newline }) => {
    const said =
      route === 'chat' ? { message: { content, thinking } } : { response: content, thinking };
    return JSON.stringify({ unknown, ...said, done: false }) + newline;
  });
  const last = {
    none: '{"done":true}',
    errorLine: '{"error":"boom"}',
    garbage: 'boom',
    finish: '',
    goodOrder: '',
    reset: '',
  }[fault];
  return (bom ? '\uFEFF' : '') + body.join('') + last + (last !== '' && lastNewline ? '\n' : '');
}

async function play(exchange: Exchange, answer: AnyAnswer): Promise<void> {
  const bytes = Buffer.from(encode(answer));
  exchange.head(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
  const cuts = answer.cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  for (const [index, from] of [0, ...cuts].entries()) {
    const to = cuts[index] ?? bytes.length;
    if (to > from) await exchange.write(bytes.subarray(from, to));
    await settle(1);
  }
  await settle(2);
  if (answer.fault === 'finish') exchange.finish();
  else if (answer.fault === 'reset') exchange.reset();
  else exchange.end();
}

describe('N6 properties', function () {
  this.timeout(120_000);
  let runner: CaseRunner;

  before(async () => {
    runner = await CaseRunner.start();
  });
  after(() => runner.close());

  it('N6 any answer, in any pieces, with any fault: the text before the fault, and the one right end', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, async (answer) => {
        const { text, thinking, end } = await runner.run(answer.route, (exchange) =>
          play(exchange, answer),
        );
        assert.equal(
          text,
          JSON.parse(JSON.stringify(answer.lines.map((line) => line.content).join(''))),
        );
        assert.equal(thinking, answer.lines.map((line) => line.thinking ?? '').join(''));
        assert.equal(endName(end), ends[answer.fault]);
      }),
      settings,
    );
  });

  it('N6 any JSON as a line: never a throw, and text that is text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), anyChunk()), (line) => {
        const { delta, end } = readAnswerLine(line);
        for (const text of [delta?.content, delta?.thinking]) {
          assert.ok(text === undefined || typeof text === 'string');
        }
        for (const call of delta?.toolCalls ?? [])
          assert.equal(typeof call.function.name, 'string');
        if (end?.kind !== undefined && end.kind !== 'done') assert.ok(end.error.message);
      }),
      settings,
    );
  });

  it('N6 any status and any body: an error with a kind and a sentence', () => {
    const anyBody = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ error: fc.oneof(fc.string(), fc.json(), fc.jsonValue()) })
        .map((body) => JSON.stringify(body)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 201, max: 599 }), anyBody, (status, body) => {
        const error: ServerError = parseErrorResponse(status, {}, body);
        assert.equal(error.status, status);
        assert.ok(error.kind);
        assert.ok(error.message.length <= 2100);
      }),
      settings,
    );
  });

  it('N6 any bytes, in any pieces: the same lines as in one', () => {
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map((raw) => Buffer.from(raw.map((byte) => (byte < 60 ? 10 : byte))));
    const scan = (pieces: readonly Buffer[]) => {
      const lines: string[] = [];
      const scanner = new LineScanner(1000, (line) => lines.push(line));
      for (const piece of pieces) scanner.push(piece);
      return [...lines, scanner.end()];
    };
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 10 }), (whole, cuts) => {
        const ordered = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
        const pieces = [0, ...ordered].map((from, index) =>
          whole.subarray(from, ordered[index] ?? whole.length),
        );
        assert.deepEqual(scan(pieces), scan([whole]));
      }),
      settings,
    );
  });
});

/** Something that looks like a chunk, with any JSON in the places that are read. */
function anyChunk(): fc.Arbitrary<string> {
  const any = fc.option(fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 2 })), { nil: undefined });
  const call = fc.record({
    id: any,
    function: fc.record({ name: any, arguments: any, index: any }),
  });
  const message = fc.record({
    content: any,
    thinking: any,
    tool_calls: fc.oneof(any, fc.array(call)),
  });
  const chunk = fc.record({
    message: fc.oneof(any, message),
    response: any,
    done: fc.oneof(any, fc.boolean()),
    done_reason: any,
    error: any,
    context: fc.oneof(any, fc.array(fc.nat())),
    eval_count: any,
  });
  return chunk.map((value) => JSON.stringify(value));
}
