import assert from 'node:assert/strict';
import {
  bodyBytes,
  loadRecording,
  recordingNames,
  wireBytes,
} from '../../support/ollamaServer/scripts';
import type { Script } from '../../support/ollamaServer/exchange';
import { CaseRunner, expectedOf } from './caseRunner';
import { type Collected, endName, settle, type StreamRoute } from '../ollama/clientFixture';
import { seeded } from '../../support/seeded';

const lastAnd =
  (...kept: readonly number[]) =>
  (_: string, index: number, count: number) =>
    index === count - 1 || kept.includes(index);

/** Twelve answers of each kind, cut down to at most 1000 bytes of body: every byte of them is tried. */
const short: readonly Wire[] = [
  shortWire('chat-stream', lastAnd(0, 1)),
  shortWire('chat-thinking', lastAnd(0, 1)),
  shortWire('chat-tools', () => true),
  shortWire('chat-unicode', lastAnd(4, 9, 10)),
  shortWire('chat-nostream', () => true),
  shortWire('chat-length', lastAnd(0, 3)),
  shortWire('generate-stream', lastAnd(0, 5)),
  shortWire('generate-raw', lastAnd(0, 1, 2)),
  shortWire('runner-killed', lastAnd(0, 1)),
  shortWire('error-images', () => true),
  shortWire('overflow-chat-truncate-false', () => true),
  shortWire('load-chat', () => true),
];

/** Every other recorded answer, at some cuts. */
const long: readonly Wire[] = recordingNames()
  .filter((name) => {
    const { request, end } = loadRecording(name);
    const isStream = request.path === '/api/chat' || request.path === '/api/generate';
    return isStream && end === 'eof' && !short.some((wire) => wire.name === name);
  })
  .map(fullWire);

/** The two parts reach the client as two reads: the first is taken in before the second is sent. */
function inTwo(bytes: Buffer, cut: number): Script {
  return async (exchange) => {
    if (cut > 0) await exchange.raw(bytes.subarray(0, cut));
    await settle(2);
    if (cut < bytes.length) await exchange.raw(bytes.subarray(cut));
    exchange.finish();
  };
}

function endedAt(bytes: Buffer, cut: number): Script {
  return async (exchange) => {
    if (cut > 0) await exchange.raw(bytes.subarray(0, cut));
    exchange.finish();
  };
}

/** The body is cut, but the server ends it as if that were all. */
function endedInGoodOrder({ body, route }: Wire, cut: number): Script {
  const type = route === 'chat' ? 'application/x-ndjson' : 'application/json';
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
  const parts = [
    Buffer.from(head),
    ...(cut > 0 ? [chunk(body.subarray(0, cut))] : []),
    Buffer.from('0\r\n\r\n'),
  ];
  return endedAt(Buffer.concat(parts), Infinity);
}

function said({ text, thinking, toolCalls, end }: Collected): string {
  return JSON.stringify([
    text,
    thinking,
    toolCalls,
    endName(end),
    end.kind === 'done' ? end : undefined,
  ]);
}

function allCuts(length: number): number[] {
  return Array.from({ length: length + 1 }, (_, cut) => cut);
}

/** The same 200 places in every run. */
function someCuts(length: number): number[] {
  const random = seeded(length);
  return Array.from({ length: 200 }, () => Math.floor(random() * (length + 1)));
}

describe('N4 and N5 on sockets', function () {
  this.timeout(60_000);
  let runner: CaseRunner;

  before(async () => {
    runner = await CaseRunner.start();
  });
  after(() => runner.close());

  async function splits(wire: Wire, cuts: readonly number[]): Promise<void> {
    const bytes = framed(wire);
    const whole = said(await runner.run(wire.route, endedAt(bytes, bytes.length)));
    await inParallel(cuts, async (cut) => {
      assert.equal(
        said(await runner.run(wire.route, inTwo(bytes, cut))),
        whole,
        `cut at byte ${cut}`,
      );
    });
  }

  async function truncations(wire: Wire, cuts: readonly number[]): Promise<void> {
    const bytes = framed(wire);
    const isRefused = !wire.head.startsWith('HTTP/1.1 200');
    await inParallel(cuts, async (cut) => {
      const { text, thinking, end } = await runner.run(wire.route, endedAt(bytes, cut));
      const expected = isRefused
        ? { text: '', thinking: '', last: 'error' }
        : expectedOf(wire.body.subarray(0, bodyWithin(wire, cut)));
      assert.equal(text, expected.text, `text before byte ${cut}`);
      assert.equal(thinking, expected.thinking, `thinking before byte ${cut}`);
      if (cut < wire.head.length)
        assert.match(endName(end), /^(?:transportError:unreachable|serverError:protocol)$/u);
      else if (expected.last === 'none')
        assert.equal(endName(end), 'transportError:truncated', `byte ${cut}`);
      else assert.equal(end.kind, expected.last === 'done' ? 'done' : 'serverError', `byte ${cut}`);
    });
  }

  async function goodOrder(wire: Wire, cuts: readonly number[]): Promise<void> {
    await inParallel(cuts, async (cut) => {
      const { text, thinking, end } = await runner.run(wire.route, endedInGoodOrder(wire, cut));
      const expected = expectedOf(wire.body.subarray(0, cut));
      assert.equal(text, expected.text, `text before byte ${cut}`);
      assert.equal(thinking, expected.thinking, `thinking before byte ${cut}`);
      const kinds = { done: 'done', error: 'serverError', none: 'truncated' };
      assert.equal(end.kind, kinds[expected.last], `byte ${cut}`);
    });
  }

  const onWire = (wire: Wire) => framed(wire).length;
  const inBody = (wire: Wire) => wire.body.length;
  const suites = [
    { row: 'N4 cut in two', run: splits, length: onWire, others: long },
    { row: 'N5 ended by closing', run: truncations, length: onWire, others: long },
    { row: 'N5 ended in good order', run: goodOrder, length: inBody, others: [] },
  ];
  for (const { row, run, length, others } of suites) {
    describe(row, () => {
      for (const wire of short) {
        it(`${row} at every byte, ${wire.name}`, async () => {
          assert.ok(wire.body.length <= 1000, `${wire.body.length} bytes of body`);
          const cuts = allCuts(length(wire));
          await run(wire, cuts);
        });
      }
      for (const wire of others) {
        it(`${row} at 200 bytes, ${wire.name}`, async () => {
          const cuts = someCuts(length(wire));
          await run(wire, cuts);
        });
      }
    });
  }
});

/** Calls `work` for each item, with at most 16 at a time. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** What a server sends, taken apart. */
interface Wire {
  readonly name: string;
  readonly route: StreamRoute;
  /** The status line and the headers, with the blank line after them. */
  readonly head: string;
  readonly body: Buffer;
  /** The pieces of the body, each its own chunk; one piece when it is not chunked. */
  readonly pieces: readonly Buffer[];
}

/** The recording as it is. */
function fullWire(name: string): Wire {
  const recording = loadRecording(name);
  const bytes = wireBytes(recording);
  const head = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n') + 4);
  const body = bodyBytes(recording);
  const route = recording.request.path === '/api/chat' ? 'chat' : 'explain';
  return { name, route, head, body, pieces: linesOf(body) };
}

/** A recording with only some of its lines, so that every byte of it can be tried on a socket. */
function shortWire(
  name: string,
  keep: (line: string, index: number, count: number) => boolean,
): Wire {
  const full = fullWire(name);
  const pieces = full.pieces.filter((piece, index, all) =>
    keep(piece.toString(), index, all.length),
  );
  return { ...full, pieces, body: Buffer.concat(pieces) };
}

/** All bytes, framed as the head says. */
function framed({ head, pieces, body }: Wire): Buffer {
  if (!isChunked(head)) return Buffer.concat([Buffer.from(head), body]);
  return Buffer.concat([Buffer.from(head), ...pieces.map(chunk), Buffer.from('0\r\n\r\n')]);
}

function chunk(piece: Uint8Array): Buffer {
  const size = Buffer.from(`${piece.length.toString(16)}\r\n`);
  return Buffer.concat([size, piece, Buffer.from('\r\n')]);
}

/** How many bytes of the body are within the first `cut` bytes of what was framed. */
function bodyWithin({ head, pieces, body }: Wire, cut: number): number {
  let at = cut - head.length;
  if (!isChunked(head)) return Math.max(0, Math.min(at, body.length));
  let within = 0;
  for (const piece of pieces) {
    const before = piece.length.toString(16).length + 2;
    within += Math.max(0, Math.min(at - before, piece.length));
    at -= before + piece.length + 2;
  }
  return within;
}

function isChunked(head: string): boolean {
  return /transfer-encoding: chunked/iu.test(head);
}

function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < body.length;) {
    const newline = body.indexOf(10, from);
    const end = newline < 0 ? body.length : newline + 1;
    lines.push(body.subarray(from, end));
    from = end;
  }
  return lines;
}
