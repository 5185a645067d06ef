import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { createCheckpointContext } from '../../../src/conversation/checkpointContext';
import type { CheckpointContext } from '../../../src/conversation/ports';
import {
  checkpointKey,
  checkpointSchema,
  fitCheckpoint,
  maxCheckpointBytes,
} from '../../../src/storage/checkpoint';
import * as v from 'valibot';
import { formatLine, createRecord } from '../../../src/storage/logRecord';
import { FaultyFileSystem } from './faultyFileSystem';
import { appendAll, exchange, textsOf, turnsOf, Workspace } from './storeFixture';

const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'binary', maxLength, size: 'max' });

const anyContext: fc.Arbitrary<CheckpointContext> = fc
  .record({ title: anyText(300), texts: fc.array(anyText(4_000), { maxLength: 20, size: 'max' }) })
  .map(({ title, texts }) => ({
    conversationId: 'c1',
    title,
    turns: texts.map((text, n) => ({
      start: { role: 'user', id: `u${n}`, parent: null, createdAt: n, text },
    })),
    leftOut: 3,
  }));

describe('the checkpoint', function () {
  this.timeout(30_000);
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  const saved = (): string => workspace.memento.values.get(checkpointKey) ?? '';
  const settle = (): Promise<void> => workspace.settle();

  it('never takes more than 64 KiB, whatever is put into it', function () {
    this.timeout(20_000);
    const summary = fc.record({
      id: fc.constant('0'.repeat(64)),
      title: anyText(500),
      updatedAt: fc.constant(1_700_000_000_000.5),
    });
    fc.assert(
      fc.property(
        anyText(20_000),
        fc.array(summary, { maxLength: 40, size: 'max' }),
        fc.option(anyContext, { nil: undefined }),
        (draft, index, context) => {
          const checkpoint = fitCheckpoint({ savedAt: 1.5, draft, draftAt: 1, index, context });
          assert.ok(Buffer.byteLength(JSON.stringify(checkpoint)) <= maxCheckpointBytes);
          assert.ok(v.is(checkpointSchema, JSON.parse(JSON.stringify(checkpoint))));
          assert.ok(draft.startsWith(checkpoint.draft));
          const kept = checkpoint.context?.turns.length ?? 0;
          if (context) assert.equal(checkpoint.context?.leftOut, 3 + context.turns.length - kept);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is written at most once a second, and then with the latest state', async () => {
    const store = workspace.window();
    for (let n = 0; n < 50; n++) {
      store.saveDraft(`draft ${n}`, 1);
      workspace.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settle();
    await settle();
    assert.ok(workspace.memento.updates <= 7, `${workspace.memento.updates} updates in 5 s`);
    assert.match(saved(), /"draft":"draft 49"/u);
  });

  it('keeps a draft that is too long for it next to the logs', async () => {
    const draft = 'ein langer Entwurf \u{1F58B} '.repeat(20_000);
    const store = workspace.window();
    store.saveDraft(draft, 1);
    await store.flush();
    assert.equal((await workspace.window().restore()).draft, draft);

    await rm(path.join(workspace.directory, 'draft.json'));
    const { draft: beginning } = await workspace.window().restore();
    assert.ok(beginning.length > 1000 && draft.startsWith(beginning));
  });

  it('tries again at the next change when it could not be written', async () => {
    const store = workspace.window();
    workspace.memento.failing = true;
    store.saveDraft('one', 1);
    await settle();
    await settle();
    assert.equal(workspace.clock.waiting, 1, 'only its presence: it does not try for ever');
    workspace.memento.failing = false;
    store.saveDraft('two', 1);
    await settle();
    assert.match(saved(), /"draft":"two"/u);
  });

  it('stays out of VS Code when the window goes away', async () => {
    const store = workspace.window();
    store.saveDraft('last words', 1);
    await store.flush();
    assert.equal(workspace.memento.updates, 0);
    assert.equal(workspace.clock.waiting, 0);
  });

  describe('S1 found in any state', () => {
    const whole = {
      v: 1,
      savedAt: 5,
      active: null,
      draft: 'a draft',
      draftCut: false,
      index: [],
      context: null,
    };
    const unreadable: Record<string, unknown> = {
      'of version 0': { v: 0, conversations: [] },
      'of a newer version': { ...whole, v: 2, extra: true },
      'of JSON that was cut off': JSON.stringify(whole).slice(0, 40),
      'a number': 7,
      'a list': [whole],
      null: null,
      true: true,
      'an empty object': {},
      'without a draft': { ...whole, draft: undefined },
      'with a path for an id': { ...whole, active: '../../etc' },
      'with a damaged turn': {
        ...whole,
        context: { conversationId: 'c', title: '', turns: [{ start: {} }], leftOut: 0 },
      },
      'of 5 MB of something else': { junk: 'x'.repeat(5_000_000) },
    };
    after(() => {
      const states = Object.keys(unreadable).length;
      process.stdout.write(
        `      ${states} states that nobody understands, loaded and saved over\n`,
      );
    });
    for (const [name, value] of Object.entries(unreadable)) {
      it(`sets aside one ${name}, reports it, and continues from the logs`, async () => {
        const before = workspace.window();
        await appendAll(before, 'c1', exchange(1, null));
        await workspace.memento.update(checkpointKey, value);
        const original = saved();

        const store = workspace.window();
        const { active, draft, notices } = await store.restore();
        assert.deepEqual(textsOf(active), ['question 1', 'answer 1']);
        assert.equal(draft, '');
        assert.deepEqual(notices, [{ kind: 'unreadable', count: 1 }]);
        const folder = path.join(workspace.directory, 'quarantine');
        const [copy = ''] = await readdir(folder);
        assert.equal(await readFile(path.join(folder, copy), 'utf8'), original);

        await appendAll(store, 'c1', exchange(2, 'a1'));
        store.checkpoint(createCheckpointContext('c1', 't', turnsOf(await store.open('c1'))));
        await settle();
        const again = await workspace.window().restore();
        assert.deepEqual(textsOf(again.active).slice(2), ['question 2', 'answer 2']);
        assert.deepEqual(again.notices, []);
      });
    }

    it('is saved under a separate key when no file can be written', async () => {
      await workspace.memento.update(checkpointKey, { v: 99 });
      const readOnly = new FaultyFileSystem(() => ({ kind: 'before', code: 'EROFS' }));
      await workspace.window(readOnly).restore();
      const kept = [...workspace.memento.values].filter(([key]) => key.includes('setAside'));
      assert.deepEqual(
        kept.map(([, json]) => JSON.parse(json) as unknown),
        ['{"v":99}'],
      );
    });

    it('is left as it is when it cannot be copied anywhere', async () => {
      await workspace.memento.update(checkpointKey, { v: 99 });
      workspace.memento.failing = true;
      const readOnly = new FaultyFileSystem(() => ({ kind: 'before', code: 'EROFS' }));
      const store = workspace.window(readOnly);
      await store.restore();
      workspace.memento.failing = false;
      store.saveDraft('not over it', 1);
      await settle();
      assert.equal(saved(), '{"v":99}');
    });

    it('sets a damaged checkpoint file aside too', async () => {
      await mkdir(workspace.directory, { recursive: true });
      await writeFile(path.join(workspace.directory, 'checkpoint.json'), '{"v":1,"sav');
      await writeFile(path.join(workspace.directory, 'index.json'), 'not JSON');
      const { notices } = await workspace.window().restore();
      assert.deepEqual(notices, [{ kind: 'unreadable', count: 1 }]);
      assert.equal((await readdir(path.join(workspace.directory, 'quarantine'))).length, 1);
    });

    it('is restored with 10,000 turns', async function () {
      this.timeout(30_000);
      const events = Array.from({ length: 5_000 }, (_, n) =>
        exchange(n, n === 0 ? null : `a${n - 1}`),
      );
      const lines = events
        .flat()
        .map((event, n) => formatLine(createRecord(event, { id: `r${n}`, w: 'w', n, t: n })));
      const folder = path.join(workspace.directory, 'conversations', 'c1');
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'w.jsonl'), Buffer.concat(lines));
      const { active } = await workspace.window().restore();
      const texts = textsOf(active);
      assert.equal(texts.length, 10_000);
      assert.equal(texts.at(-1), 'answer 4999');
    });

    it('works in memory if the folder cannot be used, and reports it once', async () => {
      const denied = new FaultyFileSystem(() => ({ kind: 'before', code: 'EACCES' }));
      const store = workspace.window(denied);
      const { notices } = await store.restore();
      assert.deepEqual(
        notices.map(({ kind }) => kind),
        ['notSaved'],
      );
      for (const event of exchange(1, null)) {
        await workspace.passTime(store.append('c1', event)).catch(() => undefined);
      }
      assert.deepEqual(
        store.notices.map(({ kind }) => kind),
        ['notSaved'],
      );
      const stored = await workspace.passTime(store.open('c1'));
      assert.deepEqual(textsOf(stored), ['question 1', 'answer 1']);
      await workspace.passTime(store.flush());
    });
  });
});
