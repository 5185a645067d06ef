import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StoredExplanation } from '../../../src/conversation/explanation';
import type { ExplanationStore } from '../../../src/conversation/ports';
import { createExplanationStore } from '../../../src/storage/explanationFiles';
import { nodeFileSystem } from '../../../src/storage/fileSystem';
import { ManualClock } from '../../support/clock';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { silentLogger } from './storeFixture';

const explanation = (id: string, answer: string, createdAt = 1): StoredExplanation => ({
  v: 1,
  id,
  createdAt,
  uri: 'file:///a.ts',
  range: { first: 0, last: 1 },
  subject: { code: 'x', language: 'ts', path: 'a.ts', firstLine: 1, lastLine: 2 },
  turns: [{ model: 'm', answer }],
  sent: [{ model: 'm', prompt: 'p', system: 's' }],
});

describe('explanationStore', () => {
  let folder: TemporaryFolder;
  let clock: ManualClock;
  let store: ExplanationStore;
  let writes: number;

  const open = (): ExplanationStore =>
    createExplanationStore({
      directory: folder.path,
      clock,
      newId: randomUUID,
      logger: silentLogger,
      fileSystem: {
        ...nodeFileSystem,
        rename: (from, to) => {
          writes += 1;
          return nodeFileSystem.rename(from, to);
        },
      },
    });
  const names = (): Promise<string[]> => readdir(path.join(folder.path, 'explain'));

  beforeEach(async () => {
    folder = await temporaryFolder('explanations');
    clock = new ManualClock();
    writes = 0;
    store = open();
  });
  afterEach(() => folder.remove());

  it('gives back what was saved, oldest first', async () => {
    store.save(explanation('b', 'second', 2));
    store.save(explanation('a', 'first', 1));
    await store.flush();
    assert.deepEqual(await open().all(), [
      explanation('a', 'first', 1),
      explanation('b', 'second', 2),
    ]);
  });

  it('writes at once, then at most once a second, and always what came last', async () => {
    for (let ms = 0; ms <= 2_500; ms += 100) {
      store.save(explanation('a', `${ms}`));
      clock.advance(100);
    }
    await store.flush();
    assert.equal(writes, 4);
    assert.equal((await open().all())[0]?.turns[0]?.answer, '2500');
  });

  it('keeps the context in a separate file, and drops it', async () => {
    const continuation = { model: 'm', system: 's', turns: 1, characters: 3, context: [1, 2, 3] };
    await store.saveContinuation('a', continuation);
    assert.deepEqual(await open().continuation('a'), continuation);
    assert.deepEqual(await open().all(), []);
    await store.saveContinuation('a', undefined);
    assert.equal(await open().continuation('a'), undefined);
  });

  it('leaves nothing of what was removed, also when it was about to be written', async () => {
    store.save(explanation('a', 'secret'));
    await store.flush();
    await store.saveContinuation('a', {
      model: 'm',
      system: '',
      turns: 1,
      characters: 6,
      context: [1],
    });
    store.save(explanation('a', 'secret, longer'));
    await store.remove('a');
    clock.advance(10_000);
    await store.flush();
    assert.deepEqual(await names(), []);
  });

  it('leaves alone what it does not understand, and reads the rest', async () => {
    store.save(explanation('a', 'fine'));
    await store.flush();
    const newer = JSON.stringify({ ...explanation('n', ''), v: 2 });
    await writeFile(path.join(folder.path, 'explain', 'n.json'), newer);
    await writeFile(path.join(folder.path, 'explain', 'torn.json'), '{"v":1,"id":"to');
    assert.deepEqual(await open().all(), [explanation('a', 'fine')]);
    assert.equal(await readFile(path.join(folder.path, 'explain', 'n.json'), 'utf8'), newer);
    assert.equal((await names()).length, 3);
  });

  it('has nothing where nothing was ever saved', async () => {
    assert.deepEqual(await store.all(), []);
    await store.remove('a');
  });

  it('works in memory when nothing can be written', async () => {
    const broken = createExplanationStore({
      directory: folder.path,
      clock,
      newId: randomUUID,
      logger: silentLogger,
      fileSystem: { ...nodeFileSystem, create: () => Promise.reject(new Error('full')) },
    });
    broken.save(explanation('a', 'lost'));
    await broken.flush();
    await broken.saveContinuation('a', undefined);
    assert.deepEqual(await broken.all(), []);
  });
});
