import assert from 'node:assert/strict';
import { type Download, Downloads } from '../../../src/models/downloads';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { ManualClock } from '../../support/clock';
import { Gate } from '../../support/ollamaServer/exchange';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { ndjson } from '../../support/ollamaServer/scripts';
import { MemoryMemento } from '../storage/storeFixture';

const digest = `sha256:${'6a'.repeat(32)}`;
const layer = { status: 'pulling 6a6a', digest, total: 1000 };

describe('downloads of models', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  let memento: MemoryMemento;
  let downloads: Downloads;
  const clock = new ManualClock();

  const open = (): Downloads =>
    new Downloads({ server: backend, memento, origin: () => backend.origin, clock });
  const moved = (wanted: (download: Download) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const unsubscribe = downloads.onChanged((download) => {
        if (!download || !wanted(download)) return;
        unsubscribe();
        resolve();
      });
    });

  beforeEach(async () => {
    server = await OllamaServer.start();
    backend = createOllamaProvider();
    backend.connect(server.url);
    memento = new MemoryMemento();
    downloads = open();
  });
  afterEach(async () => {
    downloads.dispose();
    backend.dispose();
    await server.close();
  });

  it('count what came, and are gone from the list when the model is there', async () => {
    const seen: number[] = [];
    downloads.onChanged((download) => download && seen.push(download.completedBytes));
    assert.deepEqual(await downloads.start('qwen3:4b'), { kind: 'done' });
    assert.deepEqual([...new Set(seen)], [0, 500, 1000]);
    assert.deepEqual(downloads.all, []);
    assert.deepEqual(memento.get('cria.downloads'), []);
    assert.ok((await backend.installed()).some(({ name }) => name === 'qwen3:4b'));
  });

  it('stop at once, keep their progress, and resume from there in another window', async () => {
    const gate = new Gate();
    const half = [{ status: 'pulling manifest' }, { ...layer, completed: 400 }, layer];
    server.once('/api/pull', ndjson(half, { pacing: { gate } }));
    const end = downloads.start('qwen3:4b');
    gate.release(2);
    await moved(({ completedBytes }) => completedBytes === 400);
    downloads.pause('qwen3:4b');
    assert.deepEqual(await end, { kind: 'cancelled' });
    await server.clientClosed('/api/pull');
    const paused = {
      ...{ origin: backend.origin, model: 'qwen3:4b', state: 'paused' },
      ...{ completedBytes: 400, totalBytes: 1000 },
    };
    assert.deepEqual({ ...downloads.all[0], status: '' }, { ...paused, status: '' });

    downloads = open();
    assert.deepEqual(downloads.all, [{ ...paused, status: '' }]);
    assert.deepEqual(await downloads.start('qwen3:4b'), { kind: 'done' });
    assert.deepEqual(open().all, []);
    gate.open();
  });

  it('resume by themselves when the connection is lost', async () => {
    const broken = [{ status: 'pulling manifest' }, { ...layer, completed: 400 }];
    server.once('/api/pull', ndjson(broken, { end: 'reset' }));
    assert.deepEqual(await downloads.start('qwen3:4b'), { kind: 'done' });
    assert.equal(server.requestsTo('/api/pull').length, 2);
  });

  it('remember how fast the line is, for the next list of suggestions', async () => {
    assert.equal(downloads.speed, undefined);
    const gate = new Gate();
    const total = 400e6;
    const steps = [1e6, 101e6].map((completed) => ({ ...layer, total, completed }));
    server.once('/api/pull', ndjson([...steps, { status: 'success' }], { pacing: { gate } }));
    const end = downloads.start('qwen3:4b');
    const first = moved(({ completedBytes }) => completedBytes === 1e6);
    gate.release(1);
    await first;
    clock.advance(10_000);
    gate.open();
    assert.deepEqual(await end, { kind: 'done' });
    assert.equal(open().speed, 10e6);
  });

  it("report the server's message when there is no such model", async () => {
    const error = 'pull model manifest: file does not exist';
    server.once('/api/pull', ndjson([{ status: 'pulling manifest' }, { error }]));
    const end = await downloads.start('qwen33');
    assert.equal(end.kind === 'failed' && end.failure.kind, 'modelMissing');
    assert.equal(downloads.all[0]?.state, 'failed');
    downloads.forget('qwen33');
    assert.deepEqual(downloads.all, []);
  });

  it('are one, however often one asks', async () => {
    const ends = await Promise.all([downloads.start('a'), downloads.start('a')]);
    assert.deepEqual(ends, [{ kind: 'done' }, { kind: 'done' }]);
    assert.equal(server.requestsTo('/api/pull').length, 1);
  });

  it('of another address stay with that address', async () => {
    await memento.update('cria.downloads', [
      { origin: 'http://elsewhere:11434', model: 'b', completedBytes: 1, totalBytes: 2 },
    ]);
    downloads = open();
    assert.deepEqual(downloads.all, []);
    await downloads.start('a');
    assert.equal(memento.values.get('cria.downloads')?.match(/origin/gu)?.length, 1);
  });

  it('continue at their address when another one is set, and are not shown there', async () => {
    const gate = new Gate();
    const half = [{ status: 'pulling manifest' }, { ...layer, completed: 400 }, layer];
    server.once('/api/pull', ndjson([...half, { status: 'success' }], { pacing: { gate } }));
    const first = server.url;
    const end = downloads.start('a');
    gate.release(2);
    await moved(({ completedBytes }) => completedBytes === 400);
    const other = await OllamaServer.start();
    try {
      backend.connect(other.url);
      assert.deepEqual(downloads.all, []);
      const unfinished = { ...layer, completed: 10 };
      other.once('/api/pull', ndjson([unfinished, { error: 'no space left on device' }]));
      await downloads.start('a');
      assert.deepEqual(
        downloads.all.map(({ origin, state }) => [origin, state]),
        [[other.url, 'failed']],
      );
      gate.open();
      assert.deepEqual(await end, { kind: 'done' });
      backend.connect(first);
      assert.deepEqual(downloads.all, []);
      const kept = memento.values.get('cria.downloads') ?? '';
      assert.equal(kept.match(/origin/gu)?.length, 1);
      assert.ok(kept.includes(other.url));
    } finally {
      await other.close();
    }
  });
});
