import assert from 'node:assert/strict';
import type { ConversationStore, StoredConversation } from '../../../src/conversation/ports';
import {
  addImported,
  formatJson,
  joinJson,
  readExport,
  readForExport,
  type TransferSteps,
} from '../../../src/history/conversationTransfer';
import type { ConversationEvent } from '../../../src/shared/turn';
import { nodeFileSystem } from '../../../src/storage/fileSystem';
import { answer, end, exchange, say, silentLogger, text, Workspace } from '../storage/storeFixture';

const day = 24 * 60 * 60 * 1_000;

function steps(over: Partial<TransferSteps> = {}): TransferSteps {
  return {
    isCancelled: () => false,
    onProgress: () => undefined,
    logger: silentLogger,
    ...over,
  };
}

/** A question of that day and its answer. */
function askedOn(ms: number, n: number): ConversationEvent[] {
  return exchange(n, null).map((event) =>
    event.kind === 'turnStarted' ? { ...event, turn: { ...event.turn, createdAt: ms } } : event,
  );
}

describe('exporting many chats', () => {
  const titles = Array.from({ length: 20 }, (_, n) => ({
    id: `c${n + 1}`,
    title: `Chat ${n + 1}`,
  }));
  const idsOf = (of: typeof titles): readonly string[] => of.map(({ id }) => id);
  const stored = (id: string, unreadable = 0): StoredConversation => ({
    ...{ id, events: exchange(1, null), unreadable, missingEarlier: 0, writtenInOtherWindow: [] },
  });

  it('reads a few at a time, in order, and names those that cannot be read', async () => {
    const open = { now: 0, most: 0 };
    const store: Pick<ConversationStore, 'open'> = {
      async open(id) {
        open.now += 1;
        open.most = Math.max(open.most, open.now);
        await new Promise((resolve) => setImmediate(resolve));
        open.now -= 1;
        if (id === 'c2') throw new Error('EMFILE');
        return id === 'c4' ? undefined : stored(id, id === 'c3' ? 2 : 0);
      },
    };
    const done: number[] = [];
    const read = await readForExport(
      store,
      titles,
      ({ id }) => id,
      steps({ onProgress: (count) => done.push(count) }),
    );
    assert.deepEqual(read, {
      formatted: idsOf(titles).filter((id) => id !== 'c2' && id !== 'c4'),
      failed: ['Chat 2'],
      incomplete: ['Chat 3'],
    });
    assert.equal(open.most, 8);
    assert.deepEqual(done, [...titles.keys()]);
  });

  it('gives nothing when it is canceled, and reads no further', async () => {
    const read: string[] = [];
    const store: Pick<ConversationStore, 'open'> = {
      open: (id) => {
        read.push(id);
        return Promise.resolve(stored(id));
      },
    };
    const isCancelled = (): boolean => read.length >= 8;
    const result = await readForExport(store, titles, formatJson, steps({ isCancelled }));
    assert.equal(result, undefined);
    assert.deepEqual(read, idsOf(titles.slice(0, 8)));
  });
});

describe('importing many chats', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  it('keeps their dates, in this window and after a restart', async () => {
    const store = workspace.window();
    const now = workspace.clock.wallMs();
    const asked = [now - 40 * day, now - 3 * day, now + 5 * day, now - day];
    const all = asked.map((ms, n) => ({ id: `c${n}`, events: askedOn(ms, n) }));
    const { added } = await addImported(store, all, steps());
    assert.equal(added, 4);
    const dates = async (in_: typeof store): Promise<unknown> =>
      (await in_.summaries()).map(({ id, updatedAt }) => [id, updatedAt]);
    const expected = [
      // A date in the future is that of a wrong clock.
      ['c2', now],
      ['c3', asked[3]],
      ['c1', asked[1]],
      ['c0', asked[0]],
    ];
    assert.deepEqual(await dates(store), expected);
    await store.close();
    assert.deepEqual(await dates(workspace.window()), expected);
  });

  it('brings back branches, ends and titles as they were exported', async () => {
    const events: ConversationEvent[] = [
      ...askedOn(1_000, 1),
      ...askedOn(2_000, 2).map((event) => event),
      { kind: 'branchSelected', turnId: 'u1' },
      { kind: 'renamed', title: 'Two roots' },
    ];
    const before = workspace.window();
    await before.appendPast('c', events);
    await before.close();
    const exported = await readForExport(
      workspace.window(),
      [{ id: 'c', title: '' }],
      formatJson,
      steps(),
    );
    const read = readExport(joinJson(exported?.formatted ?? []));
    const other = await Workspace.create();
    try {
      const store = other.window();
      await addImported(store, read?.conversations ?? [], steps());
      await store.close();
      const [original, copy] = [await workspace.window().open('c'), await other.window().open('c')];
      assert.deepEqual(copy?.events, original?.events);
      assert.equal(original?.events.at(-1)?.kind, 'renamed');
    } finally {
      await other.remove();
    }
  });

  it('syncs a chat once and leaves no file open', async () => {
    const counts = { syncs: 0, open: 0 };
    const store = workspace.window({
      ...nodeFileSystem,
      create: async (file) => {
        const created = await nodeFileSystem.create(file);
        if (!file.endsWith('.jsonl')) return created;
        counts.open += 1;
        return {
          ...created,
          sync: () => {
            counts.syncs += 1;
            return created.sync();
          },
          close: () => {
            counts.open -= 1;
            return created.close();
          },
        };
      },
    });
    const events = Array.from({ length: 50 }, (_, n) =>
      exchange(n, n === 0 ? null : `a${n - 1}`),
    ).flat();
    await addImported(store, [{ id: 'c', events }], steps());
    assert.deepEqual(counts, { syncs: 1, open: 0 });
    assert.deepEqual((await store.open('c'))?.events.length, 50 * 4);
  });

  it('completes a chat that is known here without changing the order of what it had', async () => {
    const store = workspace.window();
    await store.append('c', say('u1', null, 'First'));
    await store.append('c', answer('a1', 'u1'));
    await store.append('c', text('a1', 0, 'Yes'));
    const all = [say('u1', null, 'First'), answer('a1', 'u1'), text('a1', 0, 'Yes.'), end('a1')];
    await addImported(store, [{ id: 'c', events: all }], steps());
    await store.close();
    const events = (await workspace.window().open('c'))?.events ?? [];
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['turnStarted', 'turnStarted', 'textAppended', 'turnEnded'],
    );
    assert.deepEqual(events[2], text('a1', 0, 'Yes.'));
  });

  it('names those that cannot be read or stored, and adds the others', async () => {
    const failing = { is: true };
    const store = workspace.window({
      ...nodeFileSystem,
      names: (directory) =>
        failing.is && directory.endsWith('/c1')
          ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }))
          : nodeFileSystem.names(directory),
    });
    const all = ['c0', 'c1', '../c2', 'c3'].map((id, n) => ({ id, events: exchange(n, null) }));
    const imported = await addImported(store, all, steps());
    assert.deepEqual(imported, { added: 2, handled: 4, failed: ['question 1', 'question 2'] });
    failing.is = false;
    const again = await addImported(store, all.slice(0, 2), steps());
    assert.deepEqual(again, { added: 1, handled: 2, failed: [] });
  });

  it('stops when it is canceled, with what was added until then', async () => {
    const store = workspace.window();
    const all = ['c0', 'c1', 'c2'].map((id, n) => ({ id, events: exchange(n, null) }));
    const done: number[] = [];
    const imported = await addImported(
      store,
      all,
      steps({ onProgress: (n) => done.push(n), isCancelled: () => done.length === 2 }),
    );
    assert.deepEqual(imported, { added: 2, handled: 2, failed: [] });
  });
});
