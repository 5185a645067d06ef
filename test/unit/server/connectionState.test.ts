import assert from 'node:assert/strict';
import { ConnectionMonitor } from '../../../src/server/connectionState';
import type { ConnectionState } from '../../../src/conversation/ports';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { ManualClock } from '../../support/clock';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { fail, hangUp } from '../../support/ollamaServer/scripts';

describe('connection', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  let clock: ManualClock;
  let connection: ConnectionMonitor;

  beforeEach(async () => {
    server = await OllamaServer.start();
    server.models(['qwen3:8b']);
    backend = createOllamaProvider();
    backend.connect(server.url);
    clock = new ManualClock();
    connection = new ConnectionMonitor({
      library: () => backend,
      origin: () => backend.origin,
      clock,
    });
  });
  afterEach(async () => {
    connection.dispose();
    backend.dispose();
    await server.close();
  });

  const changed = (): Promise<ConnectionState> =>
    new Promise((resolve) => {
      const unsubscribe = connection.onChanged((state) => {
        unsubscribe();
        resolve(state);
      });
    });

  it('asks nothing by itself', () => {
    connection.watch();
    clock.advance(60_000);
    assert.deepEqual(connection.state, { kind: 'unknown' });
    assert.deepEqual(server.requests, []);
  });

  it('knows the models of a server that answers, and looks at it now and then', async () => {
    connection.watch();
    const state = await connection.check();
    assert.equal(state.kind, 'connected');
    assert.deepEqual(
      state.models.map(({ name }) => name),
      ['qwen3:8b'],
    );
    clock.advance(29_000);
    assert.equal(server.requestsTo('/api/tags').length, 1);
    await server.close();
    const lost = changed();
    clock.advance(1_000);
    const now = await lost;
    assert.equal(now.kind === 'failed' && now.failure.kind, 'refused');
    server = await OllamaServer.start();
  });

  it('asks for the first model ever less often, too', async () => {
    server.models([]);
    connection.watch();
    await connection.check();
    clock.advance(2_000);
    await server.received('/api/tags', 2);
    await connection.check();
    clock.advance(3_000);
    assert.equal(server.requestsTo('/api/tags').length, 2);
    server.models(['qwen3:4b']);
    const pulled = changed();
    clock.advance(1_000);
    const state = await pulled;
    assert.equal(state.kind === 'connected' && state.models.length, 1);
  });

  it('asks a server that does not answer again, ever less often, until it does', async () => {
    server.on('/api/tags', fail(500, 'not yet'));
    connection.watch();
    const state = await connection.check();
    assert.equal(state.kind === 'failed' && state.failure.kind, 'server');
    const waits: number[] = [];
    for (let attempt = 2; attempt <= 7; attempt++) {
      let waited = 0;
      while (server.requestsTo('/api/tags').length < attempt) {
        clock.advance(1000);
        waited += 1000;
        if (clock.waiting === 0) await server.received('/api/tags', attempt);
      }
      waits.push(waited);
      await connection.check();
    }
    assert.deepEqual(waits, [2000, 4000, 8000, 16_000, 30_000, 30_000]);
    server.off('/api/tags');
    const recovered = changed();
    clock.advance(30_000);
    assert.equal((await recovered).kind, 'connected');
  });

  it('does not probe the server while nothing of Cria is visible', async () => {
    server.on('/api/tags', hangUp());
    const unwatch = connection.watch();
    await connection.check();
    const asked = server.requestsTo('/api/tags').length;
    unwatch();
    clock.advance(600_000);
    assert.equal(clock.waiting, 0);
    assert.equal(server.requestsTo('/api/tags').length, asked);
  });

  it('forgets what it knew of another address', async () => {
    await connection.check();
    connection.forget();
    assert.deepEqual(connection.state, { kind: 'unknown' });
  });
});
