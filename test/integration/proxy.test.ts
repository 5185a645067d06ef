import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import * as vscode from 'vscode';
import { OllamaClient } from '../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../src/http/endpoint';
import { answer } from '../support/ollamaServer/scripts';
import { Gate } from '../support/ollamaServer/exchange';
import type { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { endServer, openSelected, setting, startServer } from './support/extensionHost';

/** A name that only the proxy knows: who reaches it went through the proxy. */
const endpoint = 'http://ollama.test:11434';

describe('a server behind the proxy of VS Code', () => {
  let server: OllamaServer;
  let proxy: ForwardProxy;

  before(async () => {
    server = await startServer();
    proxy = await startForwardProxy(server.port);
    await setting('http.proxy', proxy.url);
    await setting('cria.endpoint', endpoint);
  });

  beforeEach(() => server.forget());

  after(async () => {
    await endServer(server);
    await proxy.close();
  });

  it('is asked through it, as the settings of VS Code say', async () => {
    await openSelected('proxied.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.equal(json?.['model'], 'qwen3:8b');
    assert.ok(proxy.asked.some((line) => line.includes('ollama.test')));
  });

  it('streams through it, and is left at once by Stop', async () => {
    const gate = new Gate();
    server.onChat(answer(['one', ' two', ' three'], { pacing: { gate } }));
    gate.release();
    const stop = new AbortController();
    const client = new OllamaClient({ endpoint: parseEndpoint(endpoint, {}) });
    let text = '';
    const messages = [{ role: 'user', content: 'Hi' }] as const;
    for await (const event of client.chat(
      { model: 'qwen3:8b', messages },
      { signal: stop.signal },
    )) {
      if (event.type === 'delta') {
        text += event.content;
        stop.abort();
      }
    }
    await server.clientClosed('/api/chat');
    gate.open();
    client.dispose();
    assert.equal(text, 'one');
  });
});

/** A proxy of a company: hands on plain requests and tunnels alike, whatever name they ask for. */
interface ForwardProxy {
  readonly url: string;
  /** What it was asked for, such as `GET http://ollama.test/api/tags`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy that leads every name to this port of the own machine. */
async function startForwardProxy(targetPort: number): Promise<ForwardProxy> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { pathname, search } = new URL(request.url ?? '');
    const { method, headers } = request;
    const to = { host: '127.0.0.1', port: targetPort, path: pathname + search, method, headers };
    const onward = http.request({ ...to, agent: new http.Agent() }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const onward = net.connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
