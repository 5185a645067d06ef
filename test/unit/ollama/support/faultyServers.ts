import type { LookupFunction } from 'node:net';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/** A TCP server that treats every connection in one way. */
export async function tcpServer(
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
export async function closedPort(): Promise<number> {
  const { port, close } = await tcpServer(() => undefined);
  await close();
  return port;
}

/** A name resolution that gives these addresses, in this order, or fails. */
export function resolving(
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
export function proxyAgent(port: number): (options: http.AgentOptions) => http.Agent {
  return (options) => {
    const agent = new http.Agent(options);
    agent.createConnection = () => net.connect({ host: '127.0.0.1', port });
    return agent;
  };
}

/** The same for https behind a proxy that refuses to connect, with the words of VS Code's agent. */
export function refusingTunnel(): (options: http.AgentOptions) => http.Agent {
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
export function trusting(ca: string): (options: http.AgentOptions) => http.Agent {
  return (options) => new https.Agent({ ...options, ca });
}
