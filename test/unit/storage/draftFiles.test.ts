import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  emptyPendingState,
  type PendingState,
  type QueuedMessage,
} from '../../../src/shared/composerState';
import { nodeFileSystem } from '../../../src/storage/fileSystem';
import { nodeProcess, type OwnProcess } from '../../../src/storage/presence';
import { attachments } from '../../support/attachments';
import { eventually } from '../../support/clock';
import type { WorkspaceStore } from '../../../src/storage/workspaceStore';
import { FaultyFileSystem } from './faultyFileSystem';
import { appendAll, exchange, MemoryMemento, Workspace } from './storeFixture';

const waiting = (id: string, conversationId = 'c1'): QueuedMessage => ({
  ...{ id, conversationId, text: `say ${id}`, attachments: [], isHeld: false },
});
const queueOf = (...ids: string[]): PendingState => ({
  attachments: [],
  queue: ids.map((id) => waiting(id)),
});
const idsOf = ({ attachments: attached, queue }: PendingState): string[] =>
  [...attached, ...queue].map(({ id }) => id);

describe('what is not sent', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  const folder = (): string => path.join(workspace.directory, 'unsent');
  /** A window that shows the panel. */
  const shown = async (memento = workspace.memento): Promise<WorkspaceStore> => {
    const window = workspace.window(undefined, undefined, memento);
    await window.restore();
    return window;
  };

  it('is each window’s own while it lives, and all there when both are gone', async () => {
    const [one, two] = [await shown(), await shown()];
    one.savePending({ attachments: [attachments.file], queue: [waiting('m1')] });
    one.saveDraft('of the first', 1);
    await workspace.settle();
    two.savePending(queueOf('m2'));
    two.saveDraft('of the second', 1);
    await workspace.settle();
    assert.equal((await readdir(folder())).length, 2);

    const third = workspace.window(undefined, undefined, new MemoryMemento());
    assert.deepEqual(await third.restore(), {
      ...{ draft: '', draftAt: 0 },
      ...{ pending: emptyPendingState, notices: [] },
    });
    await third.close();
    await Promise.all([one.close(), two.close()]);
    const next = workspace.window();
    const { draft, pending } = await next.restore();
    assert.equal(draft, 'of the second\n\nof the first');
    assert.deepEqual(idsOf(pending).sort(), [attachments.file.id, 'm1', 'm2'].sort());
    assert.equal((await readdir(folder())).length, 1, 'one file has all of it');
  });

  it('is restored in the window that was closed, whatever the other one has typed since', async () => {
    const [one, two] = [await shown(), await shown()];
    one.saveDraft('mine', 1);
    await workspace.settle();
    two.saveDraft('another one’s', 1);
    await workspace.settle();
    await one.close();
    assert.equal((await workspace.window().restore()).draft, 'mine');
  });

  it('keeps a draft that is a part of another one', async () => {
    const drafts = ['do it', 'then do it again', 'then'];
    for (const draft of drafts) {
      const window = workspace.window(undefined, undefined, new MemoryMemento());
      window.saveDraft(draft, 1);
      await workspace.settle();
      await window.close();
    }
    const { draft } = await workspace.window(undefined, undefined, new MemoryMemento()).restore();
    assert.deepEqual(draft.split('\n\n').sort(), [...drafts].sort());
  });

  it('is saved whenever it changes, also in the moment in which a write ends', async () => {
    for (let steps = 0; steps < 40; steps++) {
      const after = { write: (): void => undefined };
      const window = workspace.window({
        ...nodeFileSystem,
        rename: async (from, to) => {
          await nodeFileSystem.rename(from, to);
          after.write();
        },
      });
      after.write = () => {
        after.write = () => undefined;
        let left = steps;
        const step = (): void => {
          if (left-- > 0) queueMicrotask(step);
          else window.savePending(queueOf('m1', 'm2'));
        };
        step();
      };
      window.savePending(queueOf('m1'));
      await workspace.settle();
      const [file = ''] = await readdir(folder());
      assert.match(await readFile(path.join(folder(), file), 'utf8'), /say m2/u, `${steps}`);
      await window.close();
      await rm(folder(), { recursive: true });
    }
  });

  it('is taken over later from a window that only looked alive', async () => {
    const [one, two] = [await shown(), await shown()];
    one.savePending(queueOf('m1'));
    one.saveDraft('half a thought', 1);
    await workspace.settle();
    const late: string[][] = [];
    two.onLatePending((pending) => late.push(idsOf(pending)));
    const { draft, pending } = await two.restore();
    assert.deepEqual([draft, idsOf(pending)], ['half a thought', []]);
    await one.close();
    workspace.clock.advance(2_000);
    await eventually(() => assert.deepEqual(late, [['m1']]));
    const left = (): Promise<string[]> => readdir(folder());
    await eventually(async () => assert.equal((await left()).length, 1));
    await two.close();
    const again = await workspace.window().restore();
    assert.deepEqual([again.draft, idsOf(again.pending)], ['half a thought', ['m1']]);
  });

  it('does not put a draft that arrives late into what is typed; the next start restores it', async () => {
    const other = await shown(new MemoryMemento());
    other.savePending(queueOf('m1'));
    other.saveDraft('of another window', 1);
    await workspace.settle();
    const own = workspace.window();
    assert.equal((await own.restore()).draft, '');
    own.saveDraft('typed meanwhile', 1);
    await workspace.settle();
    await other.close();
    workspace.clock.advance(2_000);
    await eventually(async () => {
      const files = await Promise.all(
        (await readdir(folder())).map((name) => readFile(path.join(folder(), name), 'utf8')),
      );
      assert.equal(files.filter((text) => text.includes('m1')).length, 1);
    });
    await own.close();
    const { draft, pending } = await workspace.window().restore();
    assert.match(draft, /typed meanwhile/u);
    assert.match(draft, /of another window/u);
    assert.deepEqual(idsOf(pending), ['m1']);
  });

  it('keeps a draft for the next start when the user was typing before it was read', async () => {
    const before = workspace.window();
    before.saveDraft('of before', 1);
    await before.close();
    workspace.clock.advance(1_000);
    const store = workspace.window();
    store.saveDraft('already typing', 1);
    await store.restore();
    await store.close();
    assert.match((await workspace.window().restore()).draft, /already typing\n\nof before/u);
  });

  const dead: OwnProcess = { ...nodeProcess, pid: 0, isRunning: () => true };
  const survivor: OwnProcess = { ...nodeProcess, isRunning: (pid) => pid !== 0 };

  it('is not restored after a crash when it was deleted, whatever VS Code has kept', async () => {
    const typing = workspace.window();
    await typing.restore();
    typing.saveDraft('thought better of it', 1);
    await workspace.settle();
    await typing.close();
    // VS Code writes `workspaceState` now and then: after a crash it is one of earlier.
    const kept = [...workspace.memento.values];
    assert.match(JSON.stringify(kept), /thought better of it/u);
    const deleting = workspace.window(undefined, dead);
    assert.equal((await deleting.restore()).draft, 'thought better of it');
    deleting.saveDraft('', 2);
    await workspace.settle();
    for (let crash = 1; crash <= 3; crash++) {
      for (const [key, value] of kept) workspace.memento.values.set(key, value);
      const next = workspace.window(undefined, crash === 1 ? survivor : undefined);
      const { draft, draftAt } = await next.restore();
      assert.deepEqual([draft, draftAt], ['', 2], `start ${crash}`);
      assert.equal((await readdir(folder())).length, 1);
      await workspace.settle();
      assert.doesNotMatch(JSON.stringify([...workspace.memento.values]), /thought/u);
      await next.close();
    }
  });

  it('is a file or two, however often something is typed and deleted', async () => {
    for (let session = 1; session <= 5; session++) {
      const window = await shown();
      window.saveDraft(`typed ${session}`, 1);
      await workspace.settle();
      window.saveDraft('', 1);
      await workspace.settle();
      await window.close();
      assert.ok((await readdir(folder())).length <= 2);
    }
    assert.equal((await workspace.window().restore()).draft, '');
  });

  it('is taken over at once from a window whose process is gone', async () => {
    const killed = workspace.window(undefined, dead);
    await killed.restore();
    killed.savePending(queueOf('m1'));
    await workspace.settle();
    const { pending } = await workspace.window(undefined, survivor).restore();
    assert.deepEqual(idsOf(pending), ['m1']);
  });

  it('does not wait in a conversation that was deleted', async () => {
    const before = workspace.window();
    await appendAll(before, 'c1', exchange(1, null));
    before.savePending(queueOf('m1'));
    await before.close();
    const other = workspace.window();
    await other.append('c1', { kind: 'deleted' });
    const { pending } = await other.restore();
    assert.deepEqual(idsOf(pending), []);
    await other.close();
    const [only = '', ...more] = await readdir(folder());
    assert.deepEqual(more, []);
    assert.doesNotMatch(await readFile(path.join(folder(), only), 'utf8'), /say m1/u);
  });

  it('is read from the file that all windows shared before each had its own', async () => {
    await mkdir(workspace.directory, { recursive: true });
    const file = path.join(workspace.directory, 'outbox.json');
    await writeFile(file, JSON.stringify({ v: 1, ...queueOf('m1') }));
    const store = workspace.window();
    assert.deepEqual(idsOf((await store.restore()).pending), ['m1']);
    await store.close();
    assert.deepEqual(idsOf((await workspace.window().restore()).pending), ['m1']);
    assert.ok(!(await readdir(workspace.directory)).includes('outbox.json'));
  });

  it('is set aside when it cannot be understood', async () => {
    await mkdir(folder(), { recursive: true });
    await writeFile(path.join(folder(), 'gone.json'), '{"v":9,"attachments":"new"}');
    const { pending, notices } = await workspace.window().restore();
    assert.deepEqual(pending, emptyPendingState);
    assert.deepEqual(notices, [{ kind: 'unreadable', count: 1 }]);
    assert.deepEqual(await readdir(folder()), []);
    assert.equal((await readdir(path.join(workspace.directory, 'quarantine'))).length, 1);
  });

  it('is lost by no operation that fails while it is taken over', async () => {
    let operations = 0;
    // The first time nothing fails, and the operations are counted.
    for (let at = 0; at <= operations; at++) {
      const place = await Workspace.create();
      const before = place.window();
      before.savePending(queueOf('m1'));
      before.saveDraft('a draft', 1);
      await before.close();
      const faulty = new FaultyFileSystem((operation) =>
        operation === at ? { kind: at % 2 ? 'before' : 'after', code: 'EIO' } : undefined,
      );
      const store = place.window(faulty, undefined, new MemoryMemento());
      await store.restore();
      operations = Math.max(operations, faulty.operations);
      await store.close();
      const { draft, pending } = await place
        .window(undefined, undefined, new MemoryMemento())
        .restore();
      assert.deepEqual([draft, idsOf(pending)], ['a draft', ['m1']], `operation ${at}`);
      await place.remove();
    }
    assert.ok(operations > 10);
  });
});
