import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createCheckpointContext } from '../../../src/conversation/checkpointContext';
import { checkpointKey } from '../../../src/storage/checkpoint';
import { FaultyFileSystem, type Fault } from './faultyFileSystem';
import {
  answer,
  appendAll,
  end,
  exchange,
  say,
  text,
  textsOf,
  turnsOf,
  Workspace,
} from './storeFixture';

const canary = 'canary-4711';
const chat = 'chat-with-a-secret';

describe('tidying up', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  /** Everywhere in the storage where `needle` can be read. */
  const placesOf = async (needle: string): Promise<string[]> => {
    const names = await readdir(workspace.directory, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const places: string[] = [];
    for (const file of files) {
      const full = path.join(file.parentPath, file.name);
      if ((await readFile(full, 'utf8')).includes(needle)) places.push(file.name);
    }
    for (const [key, json] of workspace.memento.values) if (json.includes(needle)) places.push(key);
    return places;
  };
  const logNames = async (id: string): Promise<string[]> =>
    (await readdir(path.join(workspace.directory, 'conversations', id))).filter((name) =>
      name.endsWith('.jsonl'),
    );
  const settle = (): Promise<void> => workspace.settle();
  /** Long enough for a crashed window to be known as gone. */
  const waitForGone = async (look: () => Promise<unknown>): Promise<void> => {
    await look();
    workspace.clock.advance(16_000);
  };

  it('leaves no word of a deleted conversation anywhere, and all of the others', async () => {
    // A checkpoint of a newer version is set aside, with the conversation in it.
    await workspace.memento.update(checkpointKey, { v: 9, active: chat, text: canary });
    const store = workspace.window();
    await store.restore();
    await appendAll(store, 'other', exchange(1, null));
    await appendAll(store, chat, [
      say('s1', null, `${canary} first`),
      answer('s2', 's1'),
      text('s2', 0, `hm, ${canary}`, 'thinking'),
      text('s2', 0, `about ${canary}`),
      end('s2', { kind: 'failed', failure: { kind: 'server', message: canary } }),
      say('s3', 's2', `${canary} `.repeat(10_000)),
      { kind: 'renamed', title: canary },
    ]);
    store.checkpoint(createCheckpointContext(chat, canary, turnsOf(await store.open(chat))));
    store.saveDraft(`${canary} `.repeat(2_000), 1);
    await settle();
    await store.flush();
    const before = await placesOf(canary);
    assert.ok(before.length >= 6, before.join());

    await store.append(chat, { kind: 'deleted' });
    assert.deepEqual(
      (await store.summaries()).map(({ id }) => id),
      ['other'],
    );
    await store.compact(60_000);
    assert.ok((await placesOf(canary)).length > 0, 'it can still be undone');
    await store.compact(0);
    assert.deepEqual(await placesOf(canary), []);

    await store.close();
    assert.deepEqual(await placesOf(canary), []);
    const next = workspace.window();
    assert.equal(await next.open(chat), undefined);
    assert.deepEqual(textsOf(await next.open('other')), ['question 1', 'answer 1']);
  });

  it('T1 does not wait for tomorrow when the clock was a day ahead', async () => {
    const store = workspace.window();
    workspace.clock.setBack(-24 * 60 * 60 * 1000);
    await store.append(chat, say('s1', null, canary));
    workspace.clock.setBack(24 * 60 * 60 * 1000);
    await store.append(chat, { kind: 'deleted' });
    workspace.clock.advance(60_000);
    await store.compact(59_000);
    assert.deepEqual(await placesOf(canary), []);
  });

  it('leaves no word of a deleted turn, and the others in their places', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [
      ...exchange(1, null),
      say('secret-u', 'a1', `${canary} `.repeat(10_000)),
      answer('secret-a', 'secret-u'),
      text('secret-a', 0, canary),
      end('secret-a'),
      ...exchange(2, 'secret-a'),
      { kind: 'turnDeleted', turnId: 'secret-u' },
    ]);
    const shown = textsOf(await store.open('c1'));
    assert.deepEqual(shown, ['question 1', 'answer 1', 'question 2', 'answer 2']);
    assert.ok((await placesOf(canary)).length > 0);
    await store.compact(0);
    assert.deepEqual(await placesOf(canary), []);
    assert.deepEqual(textsOf(await workspace.window().open('c1')), shown);
  });

  it('does not bring deleted words back from a checkpoint that is older', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [...exchange(1, null), say('secret-u', 'a1', canary)]);
    store.checkpoint(createCheckpointContext('c1', 't', turnsOf(await store.open('c1'))));
    await settle();
    const old = workspace.memento.values.get(checkpointKey) ?? '';
    await store.append('c1', { kind: 'turnDeleted', turnId: 'secret-u' });
    await store.compact(0);
    await store.close();
    workspace.memento.values.set(checkpointKey, old);
    await rm(path.join(workspace.directory, 'checkpoint.json'), { force: true });

    const next = workspace.window();
    assert.deepEqual(textsOf((await next.restore()).active), ['question 1', 'answer 1']);
    await next.append('c1', say('u2', 'a1', 'on'));
    workspace.memento.values.delete(checkpointKey);
    assert.deepEqual(await placesOf(canary), []);

    await next.append('c1', { kind: 'deleted' });
    workspace.memento.values.set(checkpointKey, old);
    assert.equal((await workspace.window().restore()).active, undefined);
  });

  it('joins streamed text and the files of windows that are gone', async () => {
    for (let n = 1; n <= 20; n++) {
      const store = workspace.window();
      await appendAll(store, 'c1', exchange(n, n === 1 ? null : `a${n - 1}`));
      await store.close();
    }
    const before = await workspace.window().open('c1');
    assert.equal((await logNames('c1')).length, 20);
    await workspace.window().compact(0);
    assert.equal((await logNames('c1')).length, 1);
    assert.deepEqual(await workspace.window().open('c1'), before);
    // Once is enough.
    const [name] = await logNames('c1');
    await workspace.window().compact(0);
    assert.deepEqual(await logNames('c1'), [name]);
  });

  it('keeps damaged lines, which may still be useful', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [...exchange(1, null), { kind: 'turnDeleted', turnId: 'a1' }]);
    await store.close();
    const folder = path.join(workspace.directory, 'conversations', 'c1');
    await writeFile(path.join(folder, 'torn.jsonl'), '{"v":1,"id":"half a rec');
    await workspace.window().compact(0);
    const stored = await workspace.window().open('c1');
    assert.equal((await logNames('c1')).length, 1);
    assert.deepEqual([textsOf(stored), stored?.unreadable], [['question 1'], 1]);
  });

  it('leaves the logs of a living window to that window', async () => {
    const one = workspace.window();
    const two = workspace.window();
    await appendAll(one, chat, exchange(1, null));
    await two.append(chat, say('s1', 'a1', canary));
    await one.append(chat, { kind: 'deleted' });
    await one.compact(0);
    assert.deepEqual(await placesOf('question 1'), []);
    assert.equal((await placesOf(canary)).length, 1, 'what the other window writes stays');
    await two.compact(0);
    assert.deepEqual(await placesOf(canary), []);
  });

  it('takes over from a window that crashed', async () => {
    const dead = workspace.window(new FaultyFileSystem());
    await dead.append(chat, say('s1', null, canary));
    const folder = path.join(workspace.directory, 'windows');
    const [presence = ''] = await readdir(folder);
    await dead.close();
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, presence), '');

    const store = workspace.window();
    await store.append(chat, { kind: 'deleted' });
    await store.compact(0);
    assert.equal((await placesOf(canary)).length, 1, 'it may only be slow');
    await waitForGone(() => store.compact(0));
    await store.compact(0);
    assert.deepEqual(await placesOf(canary), []);
  });

  it('loses nothing of a window that was taken for gone and was only asleep', async () => {
    const asleep = workspace.window();
    await appendAll(asleep, 'c1', exchange(1, null));
    await asleep.append('c1', { kind: 'turnDeleted', turnId: 'a1' });
    // Its timers stop with the manual clock. Only its presence file is removed.
    const folder = path.join(workspace.directory, 'windows');
    await rm(folder, { recursive: true });
    await workspace.window().compact(0);
    assert.equal((await logNames('c1')).length, 1);

    await appendAll(asleep, 'c1', exchange(2, 'u1'));
    assert.deepEqual(textsOf(await workspace.window().open('c1')), [
      'question 1',
      'question 2',
      'answer 2',
    ]);
    assert.equal((await logNames('c1')).length, 2);
  });

  const faults: readonly Fault[] = [
    { kind: 'before', code: 'EIO' },
    { kind: 'after', code: 'EIO' },
    { kind: 'short' },
  ];
  for (const fault of faults) {
    it(`loses nothing when an operation fails meanwhile (${fault.kind})`, async () => {
      let operations = 0;
      // The first time nothing fails, and the operations are counted.
      for (let at = 0; at <= operations; at++) {
        const place = await Workspace.create();
        const store = place.window();
        for (let n = 1; n <= 3; n++) {
          await appendAll(store, 'c1', exchange(n, n === 1 ? null : `a${n - 1}`));
        }
        await store.append('c1', { kind: 'turnDeleted', turnId: 'a2' });
        await store.close();
        const faulty = new FaultyFileSystem((operation) => (operation === at ? fault : undefined));
        await place.window(faulty).compact(0);
        operations = Math.max(operations, faulty.operations);
        const stored = await place.window().open('c1');
        assert.deepEqual(textsOf(stored), [
          ...['question 1', 'answer 1', 'question 2', 'question 3', 'answer 3'],
        ]);
        assert.equal(stored?.unreadable, 0);
        await place.remove();
      }
      assert.ok(operations > 10);
    });
  }
});
