import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LineScanner } from '../../src/http/lineScanner';
import { sized, type Bench, type BenchGroup, type BenchRow, type Sample } from '../support/bench';
import { inRepo } from '../support/folders';
import { firstTokenGroups } from './client/firstTokenInHost';
import { type ReaderName, readers, type Stream } from './client/readers';

/**
 * What the client costs a token, against the least that is possible (a socket and `JSON.parse`), `fetch`
 * and the npm packages `ollama` and `openai`: once for each API. The server is a separate process: only the reader's CPU is counted.
 */

let port = 0;

async function startServer(): Promise<() => void> {
  const child = fork(inRepo('.cache', 'test', 'bench', 'client', 'tokenServer.child.mjs'));
  const [message] = (await once(child, 'message')) as [number];
  port = message;
  // What is measured is compiled code.
  for (const name of readerNames) await read(name, { rate: 0, tokens: sized(50_000, 100) });
  return () => child.disconnect();
}

const readerNames = Object.keys(readers) as ReaderName[];

/** The readers of one API. */
interface Compared {
  /** Follows the name of a group. */
  readonly what: string;
  readonly cria: ReaderName;
  readonly raw: ReaderName;
  readonly others: readonly ReaderName[];
}

const ndjson: Compared = { what: '', cria: 'cria', raw: 'raw', others: ['fetch', 'ollama'] };
const sse: Compared = {
  what: ', OpenAI’s API',
  cria: 'cria SSE',
  raw: 'raw SSE',
  others: ['fetch SSE', 'openai'],
};

interface Cost {
  /** Microseconds of CPU a token. */
  readonly cpu: number;
  /** Median microseconds from the server's write to the text in the reader's hands. */
  readonly latency: number;
}

/** Tokens that pass before the CPU is counted: what a request costs once is no cost of a token. */
const lead = 50;

/** Counts the CPU to the last token, and not the end of the request. */
async function read(name: ReaderName, stream: Omit<Stream, 'port'>): Promise<Cost> {
  const delays: number[] = [];
  let before: NodeJS.CpuUsage | undefined;
  let spent: NodeJS.CpuUsage = { user: 0, system: 0 };
  let tokens = 0;
  await readers[name]({ port, ...stream }, (text) => {
    if (text === '') return;
    tokens++;
    if (tokens === lead) before = process.cpuUsage();
    if (stream.rate > 0) delays.push(Number(process.hrtime.bigint() - BigInt(text)) / 1000);
    if (tokens === stream.tokens) spent = process.cpuUsage(before);
  });
  if (tokens !== stream.tokens)
    throw new Error(`${name} read ${tokens} of ${stream.tokens} tokens.`);
  delays.sort((a, b) => a - b);
  return {
    cpu: (spent.user + spent.system) / (tokens - lead),
    latency: delays[Math.floor(delays.length / 2)] ?? 0,
  };
}

/** Every reader reads the same stream; the order turns from sample to sample, so that none is always first. */
function comparison(
  { cria, raw, others }: Compared,
  stream: Omit<Stream, 'port'>,
): () => Promise<Sample> {
  const names = [raw, cria, ...others];
  let turn = 0;
  return async () => {
    const sample: Record<string, number> = {};
    const order = names.map((_, index) => names[(index + turn) % names.length]);
    turn++;
    for (const name of order) {
      if (name === undefined) continue;
      const { cpu, latency } = await read(name, stream);
      sample[`${name} cpu`] = cpu;
      sample[`${name} latency`] = latency;
    }
    return sample;
  };
}

function cpuRow({ cria }: Compared, reference: ReaderName, most?: number): BenchRow {
  const goal = most === undefined ? {} : { most };
  return {
    what: `CPU per token, against ${reference}`,
    value: `${cria} cpu`,
    unit: 'µs',
    reference: `${reference} cpu`,
    ...goal,
  };
}

function paced(compared: Compared, rate: number): BenchGroup {
  const { what, cria, raw, others } = compared;
  return {
    name: `${rate} tokens a second${what}`,
    rows: [
      cpuRow(compared, raw, 1.5),
      ...others.map((name) => cpuRow(compared, name, 1)),
      ...[raw, ...others].map((name) => ({
        what: `median latency, against ${name}`,
        value: `${cria} latency`,
        unit: 'µs',
        reference: `${name} latency`,
      })),
    ],
    measure: comparison(compared, { rate, tokens: sized(Math.max(200, rate * 1.5), lead + 10) }),
  };
}

const burstTokens = sized(200_000, 500);

function burst(compared: Compared): BenchGroup {
  const { what, raw, others } = compared;
  return {
    name: `a burst of 200,000 tokens, one write each${what}`,
    rows: [cpuRow(compared, raw, 2), ...others.map((name) => cpuRow(compared, name))],
    measure: comparison(compared, { rate: 0, tokens: burstTokens }),
  };
}

const growth = ({ what, cria }: Compared): BenchGroup => ({
  name: `the cost of a token in a long answer${what}`,
  rows: [
    {
      what: 'CPU per token of 200,000, against one of 20,000',
      value: 'long',
      unit: 'µs',
      reference: 'short',
      most: 1.2,
    },
  ],
  measure: async () => {
    const shorts: number[] = [];
    // Ten short ones take as long as the long one, and as many collections.
    for (let answer = 0; answer < 10; answer++) {
      shorts.push((await read(cria, { rate: 0, tokens: burstTokens / 10 })).cpu);
    }
    const long = (await read(cria, { rate: 0, tokens: burstTokens })).cpu;
    return { long, short: shorts.reduce((sum, cpu) => sum + cpu) / shorts.length };
  },
});

const longLine: BenchGroup = {
  name: 'a line without end, in pieces of 64 bytes',
  rows: [
    { what: '10 MB', value: 'large', unit: 'ms' },
    {
      what: 'per byte of 10 MB, against 1 MB',
      value: 'large per byte',
      unit: 'ns',
      reference: 'small per byte',
      most: 1.5,
    },
  ],
  measure: () => {
    const large = scanLine(sized(10_000_000, 10_000));
    // As many bytes in all, so that both are measured over the same time.
    let small = 0;
    for (let line = 0; line < 10; line++) small += scanLine(sized(1_000_000, 1_000));
    return Promise.resolve({
      large,
      'large per byte': large / 10,
      'small per byte': small / 10,
    });
  },
};

/** Milliseconds. */
function scanLine(bytes: number): number {
  const piece = Buffer.alloc(64, 'x');
  const scanner = new LineScanner(16_000_000, () => undefined);
  const begin = performance.now();
  for (let sent = 0; sent < bytes; sent += piece.length) scanner.push(piece);
  return performance.now() - begin;
}

const memory: BenchGroup = {
  name: 'memory over an answer of 200,000 tokens',
  rows: [
    { what: 'most in use while it streams', value: 'peak', unit: 'MB' },
    { what: 'kept after it', value: 'kept', unit: 'MB' },
  ],
  measure: async () => {
    const collect = garbageCollector();
    collect();
    const before = process.memoryUsage().heapUsed;
    let peak = before;
    let tokens = 0;
    await readers.cria({ port, rate: 0, tokens: burstTokens }, () => {
      if (++tokens % 1000 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed);
    });
    collect();
    const megabytes = (bytes: number) => bytes / 1e6;
    return {
      peak: megabytes(peak - before),
      kept: Math.max(0, megabytes(process.memoryUsage().heapUsed - before)),
    };
  },
};

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

export const bench: Bench = {
  start: startServer,
  groups: [
    ...[ndjson, sse].flatMap((api) => [
      paced(api, 50),
      paced(api, 200),
      paced(api, 1000),
      burst(api),
      growth(api),
    ]),
    longLine,
    memory,
    ...firstTokenGroups(() => port),
  ],
};
