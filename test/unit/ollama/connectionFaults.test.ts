import assert from 'node:assert/strict';
import net, { type LookupFunction } from 'node:net';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { ManualClock } from '../../support/clock';
import type { Script } from '../../support/ollamaServer/exchange';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { respond } from '../../support/ollamaServer/scripts';
import { type ClientOptions, OllamaClient } from '../../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../../src/http/endpoint';
import certificates from '../../support/certificates.json';
import { isStreamed, matrixRoutes, type Outcome, routes, settle } from './clientFixture';

const { elsewhere, expired, good } = certificates;

interface Faulty {
  readonly url: string;
  readonly options?: Partial<ClientOptions>;
  readonly close?: () => Promise<void>;
}

interface Fault {
  readonly name: string;
  readonly expected: Outcome;
  readonly make: () => Promise<Faulty>;
}

async function scripted(
  options: Parameters<typeof OllamaServer.start>[0],
  script?: Script,
): Promise<{ server: OllamaServer; close: () => Promise<void> }> {
  const server = await OllamaServer.start(options);
  if (script) for (const { path } of Object.values(routes)) server.on(path, script);
  return { server, close: () => server.close() };
}

function tlsFault(
  name: string,
  tls: typeof good,
  createAgent?: ClientOptions['createAgent'],
): Fault {
  return {
    name,
    expected: 'tls',
    make: async () => {
      const { server, close } = await scripted({ tls });
      return { url: server.url, close, options: createAgent ? { createAgent } : {} };
    },
  };
}

function proxyFault(name: string, status: number, expected: Outcome): Fault {
  return {
    name,
    expected,
    make: async () => {
      const { server, close } = await scripted({}, respond(status, {}, '<title>proxy</title>'));
      return {
        url: 'http://ollama.example:1',
        close,
        options: { createAgent: proxyAgent(server.port) },
      };
    },
  };
}

const faults: readonly Fault[] = [
  {
    name: 'refused',
    expected: 'refused',
    make: async () => ({ url: `http://127.0.0.1:${await closedPort()}` }),
  },
  {
    name: 'DNS',
    expected: 'dns',
    make: () => {
      const lookup = resolving('not found');
      return Promise.resolve({
        url: 'http://no-such-host.invalid',
        options: { createAgent: (options) => new http.Agent({ ...options, lookup }) },
      });
    },
  },
  {
    name: '::1 only',
    expected: 'ok',
    make: async () => {
      const { server, close } = await scripted({ host: '::1' });
      const lookup = resolving([
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
      const createAgent = (options: http.AgentOptions) => new http.Agent({ ...options, lookup });
      return { url: `http://localhost:${server.port}`, close, options: { createAgent } };
    },
  },
  {
    name: 'accept then close',
    expected: 'unreachable',
    make: async () => {
      const { port, close } = await tcpServer((socket) => socket.destroy());
      return { url: `http://127.0.0.1:${port}`, close };
    },
  },
  tlsFault('TLS bad: signed by itself', good),
  tlsFault('TLS bad: expired', expired, trusting(expired.cert)),
  tlsFault('TLS bad: for another host', elsewhere, trusting(elsewhere.cert)),
  {
    name: 'TLS bad: no TLS at all',
    expected: 'tls',
    make: async () => {
      const { server, close } = await scripted({});
      return { url: server.url.replace('http:', 'https:'), close };
    },
  },
  {
    name: 'proxy refuses',
    expected: 'proxy',
    make: async () => ({
      url: 'http://ollama.example:1',
      options: { createAgent: proxyAgent(await closedPort()) },
    }),
  },
  proxyFault('proxy 407', 407, 'proxy'),
  proxyFault('proxy 502', 502, 'gatewayTimeout'),
  {
    name: 'proxy denies CONNECT',
    expected: 'proxy',
    make: () =>
      Promise.resolve({
        url: 'https://ollama.example',
        options: { createAgent: refusingTunnel() },
      }),
  },
];

async function hasIPv6(): Promise<boolean> {
  const server = net.createServer();
  server.listen(0, '::1');
  const [outcome] = await Promise.race([
    once(server, 'listening').then(() => [true]),
    once(server, 'error').then(() => [false]),
  ]);
  server.close();
  return outcome === true;
}

describe('N1 connect faults', () => {
  const clients: OllamaClient[] = [];

  function connect({ url, options }: Faulty): OllamaClient {
    const client = new OllamaClient({ endpoint: parseEndpoint(url, {}), ...options });
    clients.push(client);
    return client;
  }

  afterEach(() => {
    for (const client of clients.splice(0)) client.dispose();
  });

  for (const { name, expected, make } of faults) {
    for (const route of matrixRoutes) {
      it(`N1 ${name}, ${route}`, async function () {
        if (name === '::1 only' && !(await hasIPv6())) this.skip();
        const faulty = await make();
        const end =
          name.startsWith('proxy 4') || name.startsWith('proxy 5')
            ? 'serverError'
            : 'transportError';
        const wanted = isStreamed(route) && expected !== 'ok' ? `${end}:${expected}` : expected;
        assert.equal(await routes[route].call(connect(faulty)), wanted);
        await faulty.close?.();
      });
    }
  }

  for (const route of matrixRoutes) {
    it(`N1 accept and never answer, ${route}`, async () => {
      const clock = new ManualClock();
      const { server, close } = await scripted({}, () => undefined);
      const client = connect({ url: server.url, options: { clock } });
      const abort = new AbortController();
      const outcome = routes[route].call(client, abort);
      await server.received(routes[route].path);
      await settle();
      // A question has a limit; an answer has none, and only the person ends it.
      clock.advance(600_000);
      if (isStreamed(route)) abort.abort();
      assert.equal(await outcome, isStreamed(route) ? 'cancelled:cancelled' : 'unreachable');
      await server.clientClosed(routes[route].path);
      await close();
    });

    it(`N1 connection not accepted within 5 s, ${route}`, async () => {
      const clock = new ManualClock();
      const createAgent = (options: http.AgentOptions) => {
        const agent = new http.Agent(options);
        // A packet without an answer: a socket that stays `connecting`.
        agent.createConnection = () => new StuckSocket();
        return agent;
      };
      const client = connect({ url: 'http://192.0.2.1', options: { clock, createAgent } });
      const outcome = routes[route].call(client);
      await settle();
      clock.advance(4999);
      const early = await Promise.race([outcome, settle(20).then(() => 'waiting')]);
      assert.equal(early, 'waiting');
      clock.advance(1);
      assert.equal(await outcome, isStreamed(route) ? 'transportError:unreachable' : 'unreachable');
    });
  }

  it('N1 good TLS with a certificate that is trusted', async () => {
    const { server, close } = await scripted({ tls: good });
    const client = connect({ url: server.url, options: { createAgent: trusting(good.cert) } });
    for (const route of matrixRoutes) assert.equal(await routes[route].call(client), 'ok');
    await close();
  });

  it('N1 the error names what was asked and hides what is secret', async () => {
    const client = connect({
      url: 'https://ollama.example',
      options: { createAgent: refusingTunnel() },
    });
    await assert.rejects(client.tags(), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(
        error.message,
        /^https:\/\/ollama\.example could not be reached through the proxy/u,
      );
      assert.doesNotMatch(error.message, /secret/u);
      return true;
    });
  });
});

class StuckSocket extends net.Socket {
  override readonly connecting = true;
}

/** A TCP server that treats every connection in one way. */
async function tcpServer(
  onConnection: (socket: net.Socket) => void,
): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    // A client that goes away is what most of these tests are about.
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const { port, close } = await tcpServer(() => undefined);
  await close();
  return port;
}

/** A name resolution that gives these addresses, in this order, or fails. */
function resolving(
  addresses: readonly { address: string; family: number }[] | 'not found',
): LookupFunction {
  return (hostname, options, callback) => {
    if (addresses === 'not found') {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
        code: 'ENOTFOUND',
      });
      process.nextTick(() => callback(error, '', 0));
    } else if (options.all === true) process.nextTick(() => callback(null, [...addresses]));
    else process.nextTick(() => callback(null, addresses[0]?.address ?? '', addresses[0]?.family));
  };
}

/** An agent as VS Code puts in place for `http.proxy`: for http, it sends the request to the proxy. */
function proxyAgent(port: number): (options: http.AgentOptions) => http.Agent {
  return (options) => {
    const agent = new http.Agent(options);
    agent.createConnection = () => net.connect({ host: '127.0.0.1', port });
    return agent;
  };
}

/** The same for https behind a proxy that refuses to connect, with the words of VS Code's agent. */
function refusingTunnel(): (options: http.AgentOptions) => http.Agent {
  return (options) => {
    const agent = new https.Agent(options);
    agent.createConnection = () => {
      const socket = new net.Socket();
      const message =
        'Failed to establish a socket connection to proxies: PROXY ada:secret@proxy.example:3128';
      process.nextTick(() => socket.destroy(new Error(message)));
      return socket;
    };
    return agent;
  };
}

/** An agent that trusts this certificate. */
function trusting(ca: string): (options: http.AgentOptions) => http.Agent {
  return (options) => new https.Agent({ ...options, ca });
}
