import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OllamaClient } from '../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../src/http/endpoint';
import { answer } from '../support/ollamaServer/scripts';
import { Gate } from '../support/ollamaServer/exchange';
import type { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { endServer, openSelected, setting, startServer } from './support/extensionHost';
import { type ForwardProxy, startForwardProxy } from './support/forwardProxy';

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
