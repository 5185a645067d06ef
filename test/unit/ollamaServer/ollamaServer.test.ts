import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import net from 'node:net';
import {
  answer,
  fail,
  loadRecording,
  replay,
  silent,
  wireBytes,
} from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

const hello = { model: 'smollm2:135m', messages: [{ role: 'user', content: 'hi' }] };

describe('scripted Ollama server', () => {
  let server: OllamaServer;

  beforeEach(async () => {
    server = await OllamaServer.start();
  });
  afterEach(() => server.close());

  function post(path: string, body: unknown): Promise<Response> {
    return fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
  }

  it('replays a recording byte for byte', async () => {
    server.on('/api/chat', replay('chat-tools'));
    const socket = net.connect(server.port, '127.0.0.1');
    socket.write('POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}');
    const bytes: Buffer[] = [];
    socket.on('data', (piece: Buffer) => bytes.push(piece));
    await once(socket, 'close');
    assert.deepEqual(Buffer.concat(bytes), wireBytes(loadRecording('chat-tools')));
  });

  it('answers chat and generate in the form of each', async () => {
    server.onChat(answer(['Hel', 'lo'], { thinking: ['hm'] }));
    server.onGenerate(answer(['Hel', 'lo']));
    const chat = (await (await post('/api/chat', hello)).text()).trimEnd().split('\n');
    const generate = await post('/api/generate', {
      model: 'smollm2:135m',
      prompt: 'hi',
      context: [7],
    });
    const last = (await generate.text()).trimEnd().split('\n').at(-1) ?? '';
    assert.equal(chat.length, 4);
    assert.match(chat[0] ?? '', /"thinking":"hm"/u);
    assert.match(last, /"response":"","done":true,"done_reason":"stop","context":\[7,1,2\]/u);
  });

  it('steps through an answer token by token', async () => {
    const gate = new Gate();
    server.onChat(answer(['one', 'two'], { pacing: { gate } }));
    const responding = post('/api/chat', hello);
    const request = await server.received('/api/chat');
    assert.equal(request.written, 0);
    gate.release();
    const reader = (await responding).body?.getReader();
    const first = await reader?.read();
    assert.match(Buffer.from(first?.value ?? []).toString(), /one/u);
    assert.equal(request.written, 1);
    gate.open();
    const second = await reader?.read();
    assert.match(Buffer.from(second?.value ?? []).toString(), /two/u);
    await reader?.cancel();
  });

  it('tells when the client closes', async () => {
    server.on('/api/chat', silent());
    const request = http.request(`${server.url}/api/chat`, { method: 'POST' });
    request.on('error', () => undefined);
    request.end('{}');
    await server.received('/api/chat');
    request.destroy();
    await server.clientClosed('/api/chat');
    assert.equal(server.requestsTo('/api/chat')[0]?.aborted, true);
  });

  it('uses a queued script once, then the standing behaviour', async () => {
    server.once('/api/chat', fail(503, 'server busy, please try again.'));
    assert.equal((await post('/api/chat', hello)).status, 503);
    assert.equal((await post('/api/chat', hello)).status, 200);
  });

  it('behaves like a healthy Ollama by itself', async () => {
    server.models(['a:1b', { name: 'b', capabilities: ['completion', 'tools'] }]);
    const missing = await post('/api/chat', hello);
    assert.equal(missing.status, 404);
    assert.deepEqual(await missing.json(), { error: "model 'smollm2:135m' not found" });
    assert.equal((await post('/api/chat', { model: 'b:latest' })).status, 200);
    assert.match(await (await fetch(`${server.url}/api/ps`)).text(), /"name":"b"/u);
    await (await post('/api/pull', { model: 'c' })).text();
    assert.match(
      await (await fetch(`${server.url}/api/tags`)).text(),
      /"name":"c".*"name":"a:1b"/u,
    );
  });
});
