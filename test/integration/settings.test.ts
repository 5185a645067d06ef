import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import {
  changeOf,
  endServer,
  openSelected,
  setting,
  startServer,
  writeFile,
} from './support/extensionHost';

type Body = Readonly<Record<string, unknown>>;

/** A value that is refused, after one that is in force; and what is then still sent. */
const refused: readonly (readonly [key: string, good: unknown, bad: unknown])[] = [
  ['contextLength', 8192, 'many'],
  ['contextLength', 8192, 12],
  ['contextLength', 8192, 4096.5],
  ['contextLength', 8192, {}],
  ['temperature', 0.5, 3],
  ['temperature', 0.5, -1],
  ['temperature', 0.5, 'warm'],
  ['keepAlive', '10m', 'for ever'],
  ['keepAlive', '10m', '5 minutes'],
  ['keepAlive', '10m', true],
  ['thinking', 'off', 'deep'],
  ['options', { top_p: 0.9 }, { num_gpu: 1 }],
  ['options', { top_p: 0.9 }, { temperature: 1 }],
  ['model', 'qwen3:8b', 7],
  ['model', 'qwen3:8b', ['qwen3:8b']],
  ['endpoint', undefined, 'not an address:::'],
  ['endpoint', undefined, 'ftp://127.0.0.1'],
  ['endpoint', undefined, 11434],
];

describe('settings', () => {
  let server: OllamaServer;

  /** Asks for an explanation, and gives the body of the request that this makes. */
  async function nextRequest(): Promise<Body> {
    server.forget();
    await openSelected('sum.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    return (await server.received('/api/generate')).json ?? {};
  }

  before(async () => {
    server = await startServer();
  });

  after(() => endServer(server));

  it('sends the options that are set, and none that are not', async () => {
    const plain = await nextRequest();
    assert.equal(plain['options'], undefined);
    assert.equal(plain['keep_alive'], undefined);
    await setting('cria.contextLength', 8192);
    await setting('cria.temperature', 0.2);
    await setting('cria.keepAlive', '10m');
    const full = await nextRequest();
    assert.deepEqual(full['options'], { num_ctx: 8192, temperature: 0.2 });
    assert.equal(full['keep_alive'], '10m');
  });

  it('reads a bare number as seconds, as everyone means it', async () => {
    await setting('cria.keepAlive', '300');
    assert.equal((await nextRequest())['keep_alive'], 300);
    await setting('cria.keepAlive', -1);
    assert.equal((await nextRequest())['keep_alive'], -1);
    await setting('cria.keepAlive', undefined);
  });

  for (const [key, good, bad] of refused) {
    it(`keeps the last good ${key} when it becomes ${JSON.stringify(bad)}`, async () => {
      const full = `cria.${key}`;
      if (good !== undefined) await setting(full, good);
      const before = await nextRequest();
      await setting(full, bad);
      const body = await nextRequest();
      assert.deepEqual(body, before);
      await setting(full, key === 'endpoint' ? server.url : good);
    });
  }

  it('takes the next good value after a wrong one', async () => {
    await setting('cria.contextLength', 8192);
    const before = (await nextRequest())['options'] as Body;
    await setting('cria.contextLength', 'many');
    await setting('cria.contextLength', 2048);
    assert.deepEqual((await nextRequest())['options'], { ...before, num_ctx: 2048 });
  });

  it('never asks a server that the workspace names, though it may name the model', async () => {
    const other = await OllamaServer.start();
    const heard = changeOf('cria.model');
    const values = { 'cria.endpoint': other.url, 'cria.model': 'llama3.2:3b' };
    const file = await writeFile('.vscode/settings.json', JSON.stringify(values));
    try {
      await heard;
      assert.equal((await nextRequest())['model'], 'llama3.2:3b');
      assert.equal(other.connections, 0);
      const inspected = vscode.workspace.getConfiguration('cria').inspect('endpoint');
      assert.equal(inspected?.globalValue, server.url);
    } finally {
      const gone = changeOf('cria.model');
      await vscode.workspace.fs.delete(file);
      await gone;
      await other.close();
    }
  });

  it('asks another address from the next request on', async () => {
    const other = await OllamaServer.start();
    other.models(['qwen3:8b']);
    const first = server;
    await setting('cria.endpoint', other.url);
    first.forget();
    server = other;
    try {
      await nextRequest();
      assert.equal(first.requestsTo('/api/generate').length, 0);
    } finally {
      server = first;
      await setting('cria.endpoint', first.url);
      await other.close();
    }
  });
});
