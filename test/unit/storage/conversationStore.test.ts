import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createCheckpointContext } from '../../../src/conversation/checkpointContext';
import type { StoredConversation } from '../../../src/conversation/ports';
import { maxRecordBytes } from '../../../src/storage/logRecord';
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

describe('the conversation store', function () {
  this.timeout(30_000);
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  const logsOf = async (id: string): Promise<string[]> => {
    const directory = path.join(workspace.directory, 'conversations', id);
    const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
    return Promise.all(names.map((name) => readFile(path.join(directory, name), 'utf8')));
  };

  it('brings an empty workspace back as empty', async () => {
    const pending = { attachments: [], queue: [] };
    assert.deepEqual(await workspace.window().restore(), {
      ...{ draft: '', draftAt: 0 },
      ...{ notices: [], pending },
    });
    assert.deepEqual(await workspace.window().summaries(), []);
  });

  it('brings a conversation back in another window', async () => {
    const first = workspace.window();
    await appendAll(first, 'c1', [...exchange(1, null), ...exchange(2, 'a1')]);

    const { active, notices } = await workspace.window().restore();
    assert.equal(active?.id, 'c1');
    assert.deepEqual(textsOf(active), ['question 1', 'answer 1', 'question 2', 'answer 2']);
    assert.equal(turnsOf(active).at(-1)?.role, 'assistant');
    assert.deepEqual(notices, []);
  });

  it('writes records whose first keys are always the same', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [say('u1', null, 'hello'), answer('a1', 'u1'), end('a1')]);

    const [log = ''] = await logsOf('c1');
    const records = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const record of records) {
      assert.deepEqual(Object.keys(record).slice(0, 7), ['v', 'id', 'w', 'n', 'parent', 't', 'k']);
    }
    assert.deepEqual(
      records.map(({ n, parent, k }) => [n, parent, k]),
      [
        [0, null, 'turnStarted'],
        [1, 'u1', 'turnStarted'],
        [2, 'a1', 'turnEnded'],
      ],
    );
    assert.deepEqual([records[0]?.['id'], records[1]?.['id']], ['u1', 'a1']);
  });

  it('writes streamed text once a second, and before the end of its answer', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [say('u1', null, 'hello'), answer('a1', 'u1')]);
    await appendAll(store, 'c1', [text('a1', 0, 'on'), text('a1', 2, 'ce'), text('a1', 4, ' ')]);
    assert.doesNotMatch((await logsOf('c1')).join(''), /textAppended/u);

    workspace.clock.advance(1000);
    await appendAll(store, 'c1', [text('a1', 5, 'up'), text('a1', 7, 'on'), end('a1')]);
    const [log = ''] = await logsOf('c1');
    const lines = log.trimEnd().split('\n');
    assert.equal(lines.length, 5);
    assert.match(lines[2] ?? '', /"at":0,"text":"once "/u);
    assert.match(lines[3] ?? '', /"at":5,"text":"upon"/u);
    assert.match(lines[4] ?? '', /"k":"turnEnded"/u);
  });

  it('keeps thinking and answer apart, whatever the order they came in', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [
      say('u1', null, 'hello'),
      answer('a1', 'u1'),
      text('a1', 0, 'Let me', 'thinking'),
      text('a1', 0, 'Well'),
      text('a1', 6, ' see', 'thinking'),
      text('a1', 4, ', yes'),
      end('a1'),
    ]);
    const turn = turnsOf(await workspace.window().open('c1'))[1];
    assert.deepEqual(turn?.role === 'assistant' && [turn.thinking, turn.text], [
      'Let me see',
      'Well, yes',
    ]);
  });

  it('never writes a line longer than 256 KiB, and loses nothing of longer texts', async () => {
    const long = '\u0001😀"\\'.repeat(60_000);
    const store = workspace.window();
    await appendAll(store, 'c1', [
      say('u1', null, long),
      answer('a1', 'u1'),
      text('a1', 0, long),
      end('a1', { kind: 'failed', failure: { kind: 'server', message: long } }),
    ]);
    const lines = (await logsOf('c1')).join('').trimEnd().split('\n');
    for (const line of lines) assert.ok(Buffer.byteLength(line) < maxRecordBytes);
    assert.deepEqual(textsOf(await workspace.window().open('c1')), [long, long]);
  });

  it('merges what two windows wrote into one tree, with both branches', async () => {
    const one = workspace.window();
    const two = workspace.window();
    await appendAll(one, 'c1', exchange(1, null));
    await two.restore();
    await appendAll(two, 'c1', exchange(2, 'a1'));
    await appendAll(one, 'c1', exchange(3, 'a1'));

    assert.equal((await logsOf('c1')).length, 2);
    const stored = await workspace.window().open('c1');
    const started = (stored?.events ?? []).flatMap((event) =>
      event.kind === 'turnStarted' ? [[event.turn.id, event.turn.parent]] : [],
    );
    assert.deepEqual(
      new Map(started as [string, string | null][]),
      new Map([
        ['u1', null],
        ['a1', 'u1'],
        ['u2', 'a1'],
        ['a2', 'u2'],
        ['u3', 'a1'],
        ['a3', 'u3'],
      ]),
    );
  });

  it('lists conversations last used first, with their titles, also without the index', async () => {
    const store = workspace.window();
    for (const id of ['c1', 'c2', 'c3']) {
      await store.append(id, say(`u-${id}`, null, `About ${id}`));
      workspace.clock.advance(10);
    }
    await store.append('c2', { kind: 'renamed', title: 'Second' });
    await store.append('c1', { kind: 'pinned', pinned: true });
    const expected = ['c3 About c3', 'c2 Second', 'c1 About c1 pinned'];
    const listed = async (): Promise<string[]> =>
      (await workspace.window().summaries()).map(({ id, title, pinned }) =>
        [id, title, ...(pinned ? ['pinned'] : [])].join(' '),
      );
    assert.deepEqual(await listed(), expected);
    await store.flush();
    assert.deepEqual(await listed(), expected);
    await rm(path.join(workspace.directory, 'index.json'));
    assert.deepEqual(await listed(), expected);
  });

  it('says what it knows of a conversation that is still being written', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [say('u1', null, 'hello'), answer('a1', 'u1')]);
    await store.append('c1', text('a1', 0, 'not yet written'));
    assert.deepEqual(textsOf(await store.open('c1')), ['hello', 'not yet written']);
  });

  it('T1 keeps the order of what was done when the clock goes back a day', async () => {
    const store = workspace.window();
    await appendAll(store, 'c1', [...exchange(1, null), { kind: 'renamed', title: 'before' }]);
    workspace.clock.setBack(24 * 60 * 60 * 1000);
    await store.append('c1', { kind: 'renamed', title: 'after' });
    const next = workspace.window();
    await next.open('c1');
    await next.append('c1', { kind: 'renamed', title: 'in the next window' });
    const [summary] = await workspace.window().summaries();
    assert.equal(summary?.title, 'in the next window');
  });

  it('refuses a conversation id that would lead out of its folder', async () => {
    const store = workspace.window();
    await assert.rejects(store.append('../outside', say('u1', null, 'hello')));
    assert.equal(await store.open('../outside'), undefined);
  });

  describe('with logs and checkpoint', () => {
    const checkpointed = async (): Promise<StoredConversation> => {
      const store = workspace.window();
      for (let n = 1; n <= 40; n++) {
        await appendAll(store, 'c1', exchange(n, n === 1 ? null : `a${n - 1}`));
      }
      const stored = await store.open('c1');
      assert.ok(stored);
      store.checkpoint(createCheckpointContext('c1', 'question 1', turnsOf(stored), 2_000));
      store.saveDraft('half a thou', 7);
      workspace.clock.advance(1000);
      await store.close();
      return stored;
    };

    it('restores all from the files alone', async () => {
      const stored = await checkpointed();
      workspace.memento.values.clear();
      await rm(path.join(workspace.directory, 'checkpoint.json'), { force: true });
      const { active, draft, notices } = await workspace.window().restore();
      assert.deepEqual(active, stored);
      assert.deepEqual([draft, notices], ['half a thou', []]);
    });

    it('restores the tail from the checkpoint alone, and says what is missing', async () => {
      const stored = await checkpointed();
      await rm(workspace.directory, { recursive: true });
      const { active, draft, draftAt, notices } = await workspace.window().restore();
      const texts = textsOf(active);
      assert.ok(texts.length >= 4);
      assert.deepEqual(texts, textsOf(stored).slice(-texts.length));
      assert.equal(active?.missingEarlier, 80 - texts.length);
      assert.deepEqual(notices, [
        { kind: 'restoredFromCheckpoint', missingEarlier: 80 - texts.length },
      ]);
      assert.deepEqual([draft, draftAt], ['half a thou', 7]);
    });

    it('writes the tail into a log before the first new record hangs on it', async () => {
      await checkpointed();
      await rm(workspace.directory, { recursive: true });
      const store = workspace.window();
      const { active } = await store.restore();
      const before = textsOf(active);
      await appendAll(store, 'c1', exchange(41, 'a40'));
      await store.close();
      workspace.memento.values.clear();

      const again = await workspace.window().restore();
      assert.deepEqual(textsOf(again.active), [...before, 'question 41', 'answer 41']);
      assert.equal((await workspace.window().summaries())[0]?.title, 'question 1');
    });

    it('shows the newest message although the checkpoint came too late', async () => {
      await checkpointed();
      const store = workspace.window();
      await store.restore();
      workspace.clock.advance(5);
      await store.append('c2', say('u1', null, 'and now something else'));

      const { active } = await workspace.window().restore();
      assert.equal(active?.id, 'c2');
    });

    it('takes up the last second before the end from a file, once', async () => {
      const store = workspace.window();
      workspace.memento.failing = true;
      store.saveDraft('typed at the last moment', 1);
      await store.flush();
      workspace.memento.failing = false;

      const next = workspace.window();
      assert.equal((await next.restore()).draft, 'typed at the last moment');
      workspace.clock.advance(1000);
      await next.close();
      assert.equal((await workspace.window().restore()).draft, 'typed at the last moment');
    });
  });
});
