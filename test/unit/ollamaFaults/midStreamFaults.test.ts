import assert from 'node:assert/strict';
import { ManualClock } from '../../support/clock';
import type { Exchange } from '../../support/ollamaServer/exchange';
import {
  type Collected,
  doneLine,
  endName,
  Fixture,
  settle,
  streamRouteNames,
  streamRoutes,
  summarise,
  Watcher,
} from '../ollama/clientFixture';
import { expectedOf } from './caseRunner';

const texts = ['one ', '東京 ', 'three ', 'four'];

interface Phase {
  readonly name: string;
  /** Where in the body the fault comes; the lines of the body are given, the last of them says done. */
  readonly at: (lines: readonly string[]) => number;
}

const lengthOf = (lines: readonly string[]): number => Buffer.byteLength(lines.join(''));

const phases: readonly Phase[] = [
  { name: '0 bytes', at: () => 0 },
  { name: 'in line 1', at: (lines) => lengthOf(lines.slice(0, 1)) - 9 },
  { name: 'between lines', at: (lines) => lengthOf(lines.slice(0, 1)) },
  { name: 'in a UTF-8 character', at: (lines) => Buffer.from(lines.join('')).indexOf('京') + 1 },
  { name: 'after 50 %', at: (lines) => Math.floor(lengthOf(lines) / 2) },
  { name: 'before done', at: (lines) => lengthOf(lines.slice(0, -1)) },
];

interface Situation {
  readonly exchange: Exchange;
  /** The rest of the body, as it would have come. */
  readonly rest: Buffer;
  /** One more line of the route. */
  readonly line: string;
}

interface Fault {
  readonly name: string;
  readonly inject: (situation: Situation) => Promise<void> | void;
  /** How it ends when the fault comes between two lines. */
  readonly betweenLines: string;
  /** How it ends when the fault tears a line. */
  readonly inLine: string;
  /** Whether what comes after the fault is still part of the answer, between lines. */
  readonly goesOn?: boolean;
}

const limits = { line: 2000, lastLine: 2000, stream: 20_000 };

async function send({ exchange, rest }: Situation, text: string): Promise<void> {
  await exchange.write(text);
  await exchange.write(rest);
  exchange.end();
}

const faults: readonly Fault[] = [
  {
    name: 'FIN',
    inject: ({ exchange }) => exchange.finish(),
    betweenLines: 'transportError:truncated',
    inLine: 'transportError:truncated',
  },
  {
    name: 'end in good order',
    inject: ({ exchange }) => exchange.end(),
    betweenLines: 'truncated:truncated',
    inLine: 'truncated:truncated',
  },
  {
    name: 'RST',
    inject: async ({ exchange }) => {
      // A reset discards what the client has not read yet; this one comes after.
      await settle();
      exchange.reset();
    },
    betweenLines: 'transportError:truncated',
    inLine: 'transportError:truncated',
  },
  {
    name: 'error line',
    inject: (situation) => send(situation, '\n{"error":"CUDA error: out of memory"}\n'),
    betweenLines: 'serverError:outOfMemory',
    inLine: 'serverError:protocol',
  },
  {
    name: 'bad JSON',
    inject: (situation) => send(situation, 'oops}\n'),
    betweenLines: 'serverError:protocol',
    inLine: 'serverError:protocol',
  },
  {
    name: 'wrong type',
    inject: (situation) => send(situation, '\n{"message":{"content":7},"response":7}\n'),
    betweenLines: 'serverError:protocol',
    inLine: 'serverError:protocol',
  },
  {
    name: 'huge line',
    inject: (situation) => send(situation, `{"x":"${'x'.repeat(3000)}"}\n`),
    betweenLines: 'serverError:protocol',
    inLine: 'serverError:protocol',
  },
  {
    name: 'endless line',
    inject: async ({ exchange }) => {
      while (!exchange.aborted) await exchange.write('x'.repeat(4096));
    },
    betweenLines: 'serverError:protocol',
    inLine: 'serverError:protocol',
  },
  {
    name: 'endless blank lines',
    inject: async ({ exchange }) => {
      while (!exchange.aborted) await exchange.write('\n'.repeat(4096));
    },
    betweenLines: 'serverError:protocol',
    inLine: 'serverError:protocol',
  },
  {
    name: 'NUL',
    inject: (situation) => send(situation, '\0'),
    betweenLines: 'serverError:protocol',
    inLine: 'serverError:protocol',
  },
  {
    name: 'CRLF and blank lines',
    inject: (situation) => send(situation, '\r\n \t\r\n\n'),
    betweenLines: 'done:stop',
    inLine: 'serverError:protocol',
    goesOn: true,
  },
  {
    name: 'duplicate done',
    inject: (situation) => send(situation, `\n${doneLine}\n${doneLine}\n`),
    betweenLines: 'done:stop',
    inLine: 'serverError:protocol',
  },
  {
    name: 'data after done',
    inject: (situation) => send(situation, `\n${doneLine}\n${situation.line}\n<html>`),
    betweenLines: 'done:stop',
    inLine: 'serverError:protocol',
  },
];

describe('N3 faults in the middle of a stream', () => {
  const fixture = new Fixture();

  for (const name of streamRouteNames) {
    const { path, ask, line } = streamRoutes[name];
    const lines = [...texts.map((text) => `${line(text)}\n`), `${doneLine}\n`];
    const body = Buffer.from(lines.join(''));

    async function begin(exchange: Exchange, at: number): Promise<Situation> {
      exchange.head(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
      if (at > 0) await exchange.write(body.subarray(0, at));
      return { exchange, rest: body.subarray(at), line: line('late') };
    }

    for (const phase of phases) {
      const at = phase.at(lines);
      const isTorn = at > 0 && body[at - 1] !== 10;
      const before = expectedOf(body.subarray(0, at));

      for (const fault of faults) {
        it(`N3 ${fault.name}, ${phase.name}, ${name}`, async () => {
          fixture.server.on(path, async (exchange) => fault.inject(await begin(exchange, at)));
          const watcher = new Watcher(ask(fixture.client({ limits })));
          await watcher.done;
          const { text, end }: Collected = summarise(watcher.events);
          assert.equal(endName(end), isTorn ? fault.inLine : fault.betweenLines);
          const goesOn = fault.goesOn === true && !isTorn;
          assert.equal(text, goesOn ? texts.join('') : before.text);
        });
      }

      if (!isTorn) {
        it(`N3 byte order mark, ${phase.name}, ${name}`, async () => {
          fixture.server.on(path, async (exchange) => send(await begin(exchange, at), '\uFEFF'));
          const watcher = new Watcher(ask(fixture.client({ limits })));
          await watcher.done;
          const { text, end } = summarise(watcher.events);
          // It belongs at the start and nowhere else.
          assert.equal(endName(end), at === 0 ? 'done:stop' : 'serverError:protocol');
          assert.equal(text, at === 0 ? texts.join('') : before.text);
        });
      }

      it(`N3 stall, ${phase.name}, ${name}`, async () => {
        const clock = new ManualClock();
        const abort = new AbortController();
        fixture.server.on(path, async (exchange) => {
          await begin(exchange, at);
        });
        const watcher = new Watcher(ask(fixture.client({ clock }), abort));
        await fixture.server.received(path);
        await settle(20);
        clock.advance(at === 0 ? 150 : 15_000);
        // Before the first byte silence is no alarm; after it, it is one, but nothing is ended.
        await watcher.phase(at === 0 ? 'loading' : 'stalled:alive');
        assert.equal(fixture.server.requestsTo(path)[0]?.aborted, false);
        abort.abort();
        await watcher.done;
        const { text, end } = summarise(watcher.events);
        assert.equal(endName(end), 'cancelled:cancelled');
        assert.equal(text, before.text);
        await fixture.server.clientClosed(path);
      });
    }
  }
});
