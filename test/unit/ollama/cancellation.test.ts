import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { ManualClock } from '../../support/clock';
import type { ClientOptions } from '../../../src/ollama/ollamaClient';
import type { Exchange } from '../../support/ollamaServer/exchange';
import { Fixture, isStreamed, type RouteName, routes, settle } from './clientFixture';

const bodies: Readonly<Record<RouteName, readonly string[]>> = {
  chat: ['{"message":{"content":"a"}}\n', '{"message":{"content":"b"}}\n', '{"done":true}\n'],
  explain: ['{"response":"a"}\n', '{"response":"b"}\n', '{"done":true}\n'],
  list: ['{"models":', '[', ']}'],
  show: ['{"details":', '{', '}}'],
  pull: ['{"status":"a"}\n', '{"status":"b"}\n', '{"status":"success"}\n'],
};

interface Phase {
  readonly name: string;
  /** What the server does before the person cancels. */
  readonly begin?: (exchange: Exchange, body: readonly string[]) => Promise<void> | void;
  /** Milliseconds that pass before the person cancels. */
  readonly waitMs?: number;
}

function head(exchange: Exchange): void {
  exchange.head(200, { 'content-type': 'application/x-ndjson' });
}

const phases: readonly Phase[] = [
  { name: 'before it is sent' },
  { name: 'while it connects' },
  { name: 'while nothing comes', begin: () => undefined },
  { name: 'while nothing comes, after a probe', begin: () => undefined, waitMs: 1000 },
  { name: 'after the head', begin: head },
  {
    name: 'in a line',
    begin: async (exchange, body) => {
      head(exchange);
      await exchange.write((body[0] ?? '').slice(0, 5));
    },
  },
  {
    name: 'after some text',
    begin: async (exchange, body) => {
      head(exchange);
      await exchange.write(body[0] ?? '');
    },
  },
  {
    name: 'while it is stalled',
    begin: async (exchange, body) => {
      head(exchange);
      await exchange.write(body[0] ?? '');
    },
    waitMs: 16_000,
  },
  {
    name: 'after the end',
    begin: async (exchange, body) => {
      head(exchange);
      for (const line of body) await exchange.write(line);
      exchange.end();
    },
  },
];

class StuckSocket extends net.Socket {
  override readonly connecting = true;
}

describe('C1 cancel at every phase', () => {
  const fixture = new Fixture();

  function options(phase: Phase, clock: ManualClock): Partial<ClientOptions> {
    if (phase.name !== 'while it connects') return { clock };
    const createAgent = (agentOptions: http.AgentOptions) => {
      const agent = new http.Agent(agentOptions);
      agent.createConnection = () => new StuckSocket();
      return agent;
    };
    return { clock, createAgent };
  }

  /** After the client closed, the server finds out before it could write two more pieces. */
  async function writesAfter(exchange: Exchange, body: readonly string[]): Promise<number> {
    const before = exchange.written;
    while (!exchange.aborted) {
      await exchange.write(body[1] ?? '');
      await settle(1);
    }
    return exchange.written - before;
  }

  for (const phase of phases) {
    for (const route of ['chat', 'explain', 'list', 'pull'] as const) {
      it(`C1 ${phase.name}, ${route}`, async () => {
        const clock = new ManualClock();
        const abort = new AbortController();
        const { path, call } = routes[route];
        let begun: Exchange | undefined;
        fixture.server.on(path, async (exchange) => {
          await phase.begin?.(exchange, bodies[route]);
          begun = exchange;
        });
        const client = fixture.client(options(phase, clock));
        if (phase.name === 'before it is sent') abort.abort();
        const outcome = call(client, abort);
        if (phase.begin) await fixture.server.received(path);
        await settle(20);
        clock.advance(phase.waitMs ?? 0);
        await settle(20);
        abort.abort();
        if (phase.name === 'after the end') assert.equal(await outcome, 'ok');
        else assert.equal(await outcome, isStreamed(route) ? 'cancelled:cancelled' : 'cancelled');
        if (begun && phase.name !== 'after the end') {
          assert.ok((await writesAfter(begun, bodies[route])) <= 2);
          await begun.clientClosed;
        } else if (!phase.begin) assert.equal(fixture.server.requestsTo(path).length, 0);
      });
    }
  }

  for (const route of ['chat', 'explain'] as const) {
    it(`C1 no text after it, though text is waiting to be read, ${route}`, async () => {
      const abort = new AbortController();
      const many = bodies[route][0]?.repeat(100) ?? '';
      fixture.server.on(routes[route].path, async (exchange) => {
        head(exchange);
        await exchange.write(many);
      });
      const client = fixture.client();
      const stream =
        route === 'chat'
          ? client.chat({ model: 'm', messages: [] }, abort)
          : client.generate({ model: 'm', prompt: '' }, abort);
      let deltas = 0;
      const after: string[] = [];
      for await (const event of stream) {
        if (abort.signal.aborted) after.push(event.type);
        if (event.type === 'delta' && ++deltas === 3) abort.abort();
      }
      assert.deepEqual(after, ['end']);
      await fixture.server.clientClosed(routes[route].path);
    });
  }
});
