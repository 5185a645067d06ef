import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Adoption,
  copyExplanations,
  type FingerprintedFolder,
  getFingerprint,
  getFingerprints,
  isFolderFingerprint,
  joinFingerprints,
  type KnownWorkspace,
  matchMovedFolders,
  parseOrigin,
  WorkspaceRegistry,
} from '../../../src/history/adoption';
import { systemClock } from '../../../src/shared/clock';
import { createExplanationStore } from '../../../src/storage/explanationFiles';
import { nodeFileSystem } from '../../../src/storage/fileSystem';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { FaultyFileSystem } from '../storage/faultyFileSystem';
import {
  appendAll,
  exchange,
  say,
  silentLogger,
  textsOf,
  Workspace,
} from '../storage/storeFixture';

const configOf = (url: string): string =>
  `[core]\n\tbare = false\n[remote "upstream"]\n\turl = https://example.org/other\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "main"]\n`;

/** A folder in a repository whose `.git` is at `root`. */
const folderAt = (
  folder: string,
  root: string,
  url?: string,
  madeAt?: number,
): FingerprintedFolder => ({
  path: folder,
  madeAt: () => Promise.resolve(madeAt),
  gitConfig: (up) => {
    const above = path.posix.join(folder, ...Array.from({ length: up }, () => '..'));
    return Promise.resolve(above === root ? (url ? configOf(url) : '[core]') : undefined);
  },
});

describe('the fingerprint of a workspace', () => {
  for (const url of [
    'https://github.com/Owner/repo.git',
    'https://github.com/Owner/repo/',
    'https://somebody:secret@github.com/Owner/repo',
    'ssh://git@github.com/Owner/repo.git',
    'git@github.com:Owner/repo.git',
  ]) {
    it(`takes ${url} for the same repository`, () => {
      assert.equal(parseOrigin(configOf(url)), 'github.com/owner/repo');
    });
  }

  it('keeps a port, and knows no origin where there is none', () => {
    assert.equal(parseOrigin(configOf('https://git.local:8443/a/b')), 'git.local:8443/a/b');
    assert.equal(parseOrigin('[core]\n[remote "fork"]\n url = https://example.org/x\n'), undefined);
  });

  it('is the same after a move, and another one for another folder of the repository', async () => {
    const url = 'git@github.com:owner/repo.git';
    const here = await getFingerprint(folderAt('/home/me/repo/web', '/home/me/repo', url));
    const moved = await getFingerprint(folderAt('/projects/renamed/web', '/projects/renamed', url));
    const other = await getFingerprint(folderAt('/projects/renamed/api', '/projects/renamed', url));
    assert.ok(here);
    assert.equal(here, moved);
    assert.notEqual(here, other);
    assert.doesNotMatch(here, /owner/u);
  });

  it('is the same for a folder without a remote repository wherever it is moved', async () => {
    const made = 1_700_000_000_123;
    const here = await getFingerprint(folderAt('/home/me/notes', '/nowhere', undefined, made));
    const moved = await getFingerprint(folderAt('/else/where', '/else/where', undefined, made));
    const other = await getFingerprint(folderAt('/home/me/notes', '/nowhere', undefined, made + 1));
    assert.ok(here && isFolderFingerprint(here));
    assert.equal(here, moved);
    assert.notEqual(here, other);
    const cloned = folderAt('/a', '/a', 'https://example.org/a', made);
    const print = (await getFingerprint(cloned)) ?? '';
    assert.equal(print, await getFingerprint(folderAt('/b', '/b', 'https://example.org/a')));
    assert.equal(isFolderFingerprint(print), false);
  });

  it('is none where nothing is known of a folder, also for one of several', async () => {
    const known = folderAt('/a', '/a', 'https://example.org/a');
    assert.equal(await getFingerprint(folderAt('/b', '/b')), undefined);
    assert.equal(await getFingerprint(folderAt('/c', '/nowhere')), undefined);
    assert.equal(await getFingerprints([known, folderAt('/b', '/b')]), undefined);
    const both = await getFingerprints([known, folderAt('/d', '/d', 'https://example.org/d')]);
    assert.ok(both);
    assert.equal(both.length, 2);
    assert.equal(joinFingerprints(both), joinFingerprints(both.toReversed()));
  });
});

describe('a workspace that is at another place now', () => {
  let global: TemporaryFolder;
  let old: Workspace;
  let fresh: Workspace;
  beforeEach(async () => {
    global = await temporaryFolder('global');
    [old, fresh] = [await Workspace.create(), await Workspace.create()];
    const store = old.window();
    await appendAll(store, 'c1', exchange(1, null));
    await appendAll(store, 'c2', [say('u2', null, 'long '.repeat(10_000))]);
    await appendAll(store, 'gone', [say('u3', null, 'secret'), { kind: 'deleted' }]);
    await store.close();
    await registry().remember(known(old, 'file:///before'));
  });
  afterEach(async () => {
    await Promise.all([old.remove(), fresh.remove(), global.remove()]);
  });

  const registry = (): WorkspaceRegistry =>
    new WorkspaceRegistry({
      fileSystem: nodeFileSystem,
      newId: randomUUID,
      directory: path.join(global.path, 'workspaces'),
    });
  const known = ({ directory: storage }: Workspace, folder: string): KnownWorkspace => ({
    ...{ storage, folder, fingerprint: 'f' },
  });
  const adoption = (isThere: boolean | undefined, fileSystem = nodeFileSystem): Adoption =>
    new Adoption({
      ...{ fileSystem, newId: randomUUID, logger: silentLogger },
      registry: registry(),
      memento: fresh.memento,
      exists: () => Promise.resolve(isThere),
    });
  const own = (): KnownWorkspace => known(fresh, 'file:///now');

  it('is offered what it has, and knows whether it moved', async () => {
    const moved = await adoption(false).offer(own());
    assert.deepEqual([...(moved?.conversationIds ?? [])].sort(), ['c1', 'c2']);
    assert.equal(moved?.hasMoved, true);
    assert.equal((await adoption(true).offer(own()))?.hasMoved, false);
    assert.equal((await adoption(undefined).offer(own()))?.hasMoved, false);
    assert.equal(await adoption(false).offer({ ...own(), fingerprint: 'another' }), undefined);
  });

  it('is not offered those of another folder that was made at the same moment', async () => {
    const fingerprint = 'folder-f';
    await registry().remember({ ...known(old, 'file:///before'), fingerprint });
    const same = { ...own(), fingerprint };
    assert.equal((await adoption(false).offer(same))?.hasMoved, true);
    assert.equal(await adoption(true).offer(same), undefined);
    assert.equal(await adoption(undefined).offer(same), undefined);
  });

  it('has everything afterwards, and the other place keeps it, too', async () => {
    const offer = await adoption(false).offer(own());
    assert.ok(offer);
    const before = await readdir(old.directory, { recursive: true });
    await adoption(false).accept(offer, own());
    const store = fresh.window();
    assert.deepEqual(textsOf(await store.open('c1')), ['question 1', 'answer 1']);
    assert.equal(textsOf(await store.open('c2'))[0]?.length, 50_000);
    assert.equal(await store.open('gone'), undefined);
    assert.deepEqual(await readdir(old.directory, { recursive: true }), before);
    assert.equal(await adoption(false).offer(own()), undefined, 'it is not offered twice');
  });

  it('takes over the explanations of its files, at their new place, with their context', async () => {
    const stores = [old, fresh].map(({ directory }) =>
      createExplanationStore({
        ...{ directory, clock: systemClock, newId: randomUUID, logger: silentLogger },
      }),
    );
    const [source, target] = stores;
    assert.ok(source && target);
    for (const [id, uri] of [
      ['inside', 'file:///before/src/a.ts'],
      ['outside', 'file:///before-that/a.ts'],
    ] as const) {
      source.save({
        ...{ v: 1, id, createdAt: 1, uri, range: { first: 0, last: 1 } },
        subject: { code: 'x', language: 'ts', path: 'a.ts', firstLine: 1, lastLine: 2 },
        ...{ turns: [{ model: 'm', answer: 'It adds.' }], sent: [] },
      });
      await source.saveContinuation(id, {
        model: 'm',
        system: '',
        turns: 1,
        characters: 8,
        context: [1, 2],
      });
    }
    await source.flush();
    const moved = matchMovedFolders(known(old, 'file:///before'), own());
    await copyExplanations(source, target, moved);
    const [copied, ...others] = await target.all();
    assert.equal(copied?.uri, 'file:///now/src/a.ts');
    assert.equal(copied.turns[0]?.answer, 'It adds.');
    assert.deepEqual((await target.continuation('inside'))?.context, [1, 2]);
    assert.deepEqual(others, []);
    assert.equal((await source.all()).length, 2, 'the other place keeps its own');
  });

  it('knows each of several folders again, also in another order', () => {
    const folders = (...all: readonly [uri: string, fingerprint: string][]): KnownWorkspace => ({
      ...own(),
      folders: all.map(([uri, fingerprint]) => ({ uri, fingerprint })),
    });
    const before = folders(['file:///a', '1'], ['file:///b', '2'], ['file:///gone', '3']);
    const now = folders(['file:///new-b', '2'], ['file:///new-a', '1'], ['file:///other', '4']);
    assert.deepEqual(matchMovedFolders(before, now), [
      { from: 'file:///a', to: 'file:///new-a' },
      { from: 'file:///b', to: 'file:///new-b' },
    ]);
    const twice = folders(['file:///x', '1'], ['file:///y', '1']);
    const there = folders(['file:///z', '1'], ['file:///w', '1']);
    assert.deepEqual(matchMovedFolders(twice, there), [
      { from: 'file:///x', to: 'file:///z' },
      { from: 'file:///y', to: 'file:///w' },
    ]);
  });

  it('is not asked again when it does not want them', async () => {
    await adoption(false).decline();
    assert.equal(await adoption(false).offer(own()), undefined);
  });

  it('is not kept from its own by files of others that cannot be read', async () => {
    const folder = path.join(global.path, 'workspaces');
    await writeFile(path.join(folder, 'torn.json'), '{"v":1,"sto');
    await writeFile(path.join(folder, 'newer.json'), JSON.stringify({ v: 9, fingerprint: 'f' }));
    assert.ok(await adoption(false).offer(own()));
    assert.equal(await readFile(path.join(folder, 'torn.json'), 'utf8'), '{"v":1,"sto');
  });

  it('can be copied again after any operation of the copying has failed', async () => {
    const offer = await adoption(false).offer(own());
    assert.ok(offer);
    let operations = 0;
    // The first time nothing fails, and the operations are counted.
    for (let at = 0; at <= operations; at++) {
      const faulty = new FaultyFileSystem((operation) =>
        operation === at ? { kind: 'before', code: 'EIO' } : undefined,
      );
      const target = await Workspace.create();
      await adoption(false, faulty)
        .accept(offer, known(target, 'file:///now'))
        .catch(() => undefined);
      operations = Math.max(operations, faulty.operations);
      await adoption(false).accept(offer, known(target, 'file:///now'));
      const stored = await target.window().open('c1');
      assert.deepEqual(textsOf(stored), ['question 1', 'answer 1']);
      assert.equal(stored?.unreadable, 0);
      await target.remove();
    }
    assert.ok(operations > 10);
  });
});
