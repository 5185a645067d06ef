import assert from 'node:assert/strict';
import { type FileSystem, nodeFileSystem } from '../../../src/storage/fileSystem';
import type { WorkspaceStore } from '../../../src/storage/workspaceStore';
import { answer, appendAll, exchange, MemoryMemento, say, text, Workspace } from './storeFixture';

type Operation = 'names' | 'stat' | 'read';
type Trouble = 'EACCES' | 'EBUSY' | 'vanished' | 'halfWritten';
type Fault = (operation: Operation, path: string) => Trouble | undefined;

/** Node's file system, where reading operations fail as `fault` says. */
function withFault(fault: Fault): FileSystem {
  const run = async <T>(
    operation: Operation,
    path: string,
    real: () => Promise<T>,
    missing: T,
  ): Promise<T> => {
    const trouble = fault(operation, path);
    if (trouble === 'vanished') return missing;
    if (trouble === 'EACCES' || trouble === 'EBUSY') {
      throw Object.assign(new Error(`${trouble}: simulated, ${operation} ${path}`), {
        code: trouble,
      });
    }
    const result = await real();
    if (trouble !== 'halfWritten' || !(result instanceof Uint8Array)) return result;
    return result.subarray(0, result.length / 2) as T;
  };
  return {
    ...nodeFileSystem,
    names: (path) => run('names', path, () => nodeFileSystem.names(path), []),
    stat: (path) => run('stat', path, () => nodeFileSystem.stat(path), undefined),
    read: (path) => run('read', path, () => nodeFileSystem.read(path), undefined),
    readFrom: (path, offset) =>
      run('read', path, () => nodeFileSystem.readFrom(path, offset), undefined),
  };
}

const longMessage = 'too long for one line '.repeat(3_000);
const queued = { id: 'm1', conversationId: 'c1', text: 'later', attachments: [], isHeld: false };

/** By kind of file: the paths of its files, and of the folders that list them. */
const kinds: Readonly<Record<string, RegExp>> = {
  logs: /conversations\/c1(\/.*\.jsonl)?$/u,
  blobs: /\.blob$/u,
  'all conversations': /conversations$/u,
  presence: /windows(\/[^/]*)?$/u,
  index: /index\.json$/u,
  checkpoint: /checkpoint\.json$/u,
  drafts: /unsent(\/[^/]*)?$/u,
};
const operations: readonly Operation[] = ['names', 'stat', 'read'];
const troubles: readonly Trouble[] = ['EACCES', 'EBUSY', 'vanished', 'halfWritten'];

describe('a file that cannot be read', () => {
  let workspace: Workspace;
  let writing: WorkspaceStore;
  let cases = 0;
  beforeEach(async () => {
    workspace = await Workspace.create();
    const closed = workspace.window();
    await appendAll(closed, 'c1', exchange(1, null));
    await closed.append('c1', say('u2', 'a1', longMessage));
    closed.savePending({ attachments: [], queue: [queued] });
    closed.saveDraft('half a thought', 1);
    await closed.close();
    // This window lives, and its answer is not finished.
    writing = workspace.window(undefined, undefined, new MemoryMemento());
    await writing.append('c1', answer('a2', 'u2'));
    await writing.append('c1', text('a2', 0, 'still writing'));
    await workspace.settle();
  });
  afterEach(() => workspace.remove());
  after(() => {
    process.stdout.write(`      ${cases} reading operations failed, nothing was taken for empty\n`);
  });

  /** What a window must never conclude from `trouble`. */
  async function check(fileSystem: FileSystem, memento = workspace.memento): Promise<void> {
    const store = workspace.window(fileSystem, undefined, memento);
    const { active } = await store.restore();
    const isListed = (await store.summaries()).some(({ id }) => id === 'c1');
    assert.ok(isListed || store.notices.length > 0, 'is listed, or the trouble is reported');
    assert.notEqual(await store.isDeleted('c1').catch(() => false), true, 'is not deleted');
    const opened = await store.open('c1').catch(() => 'unreadable' as const);
    assert.ok(opened, 'is not taken for deleted');
    for (const stored of [active, opened]) {
      if (!stored || stored === 'unreadable') continue;
      const started = stored.events.some(
        (event) => event.kind === 'turnStarted' && event.turn.id === 'a2',
      );
      assert.ok(stored.events.length > 0 || stored.unreadable > 0, 'is not taken for empty');
      if (started) assert.deepEqual(stored.writtenInOtherWindow, ['a2'], 'is still written');
    }
    await store.close();
  }

  async function checkHealthy(): Promise<void> {
    const next = workspace.window(undefined, undefined, new MemoryMemento());
    const { draft, pending } = await next.restore();
    assert.deepEqual([draft, pending.queue.map(({ id }) => id)], ['half a thought', ['m1']]);
    const stored = await next.open('c1');
    assert.ok(stored);
    assert.equal(stored.unreadable, 0);
    const count = (kind: string): number =>
      stored.events.filter((event) => event.kind === kind).length;
    assert.equal(count('turnStarted'), 4);
    assert.equal(count('turnEnded'), 1, 'no answer was marked interrupted');
    await next.close();
  }

  for (const [kind, pattern] of Object.entries(kinds)) {
    for (const operation of operations) {
      for (const trouble of troubles) {
        if (trouble === 'halfWritten' && operation !== 'read') continue;
        it(`${kind}: ${operation} ${trouble}, if always, and if once at each path`, async () => {
          const fails: Fault = (called, path) =>
            called === operation && pattern.test(path) ? trouble : undefined;
          // A file that has vanished for good is gone: only once is a race.
          if (trouble === 'EACCES' || trouble === 'EBUSY') await check(withFault(fails));
          const failed = new Set<string>();
          const failsOnce: Fault = (called, path) => {
            if (failed.has(path) || !fails(called, path)) return undefined;
            failed.add(path);
            cases += 1;
            return trouble;
          };
          await check(withFault(failsOnce));
          await checkHealthy();
        });
      }
    }
  }
});
