import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { Conversation } from '../../../src/conversation/conversation';
import type { Turn } from '../../../src/shared/turn';
import { createExplanationStore } from '../../../src/storage/explanationFiles';
import { inRepo } from '../../support/folders';
import {
  appendAll,
  exchange,
  MemoryMemento,
  silentLogger,
  turnsOf,
  Workspace,
} from './storeFixture';

/** The storages as those versions wrote them, each with a window that went away while an answer came. */
const long = 'long '.repeat(8_100);
const versions = [
  { version: 'first', said: [long, 'That was'], isPinned: false, waiting: [] },
  {
    ...{ version: 'withBranches', said: ['And in Go?', 'That was long.'] },
    ...{ isPinned: true, waiting: [] },
  },
  {
    ...{ version: 'withAttachments', said: ['And in Go?', 'That was long.'] },
    ...{ isPinned: true, waiting: ['cart.ts', 'One more'] },
  },
  {
    ...{ version: '0.1', said: [long, 'That was long.'] },
    ...{ isPinned: true, waiting: ['cart.ts', 'One more'] },
  },
] as const;

const storageSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    workspaceState: v.record(v.string(), v.unknown()),
    files: v.record(v.string(), v.string()),
  }),
);

const withoutState = (): MemoryMemento => new MemoryMemento();
const wordsOf = (turns: readonly Turn[]): string[] => turns.map(({ text }) => text);

describe('a storage of an earlier version', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace.remove());

  async function lay(version: string): Promise<void> {
    const file = inRepo('test', 'support', 'storages', `${version}.json`);
    const { workspaceState, files } = v.parse(storageSchema, await readFile(file, 'utf8'));
    for (const [key, value] of Object.entries(workspaceState)) {
      await workspace.memento.update(key, value);
    }
    for (const [name, text] of Object.entries(files)) {
      const target = path.join(workspace.directory, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }

  for (const { version, said, isPinned, waiting } of versions) {
    it(`is restored whole, and continues (${version})`, async () => {
      await lay(version);
      const store = workspace.window();
      const { active, draft, pending, notices } = await store.restore();
      assert.deepEqual(notices, []);
      assert.equal(draft, 'half a thought');
      const turns = turnsOf(active);
      assert.deepEqual(wordsOf(turns), [
        ...['How do I read a stream?', 'Keep the unfinished tail of each chunk. 🌊'],
        ...[...said, 'And now?', 'Half of'],
      ]);
      const [, answer] = turns;
      assert.equal(answer?.role === 'assistant' && answer.thinking, 'Chunks may be cut.');
      const { attachments, queue } = pending;
      assert.deepEqual(
        [...attachments.map(({ label }) => label), ...queue.map(({ text }) => text)],
        waiting,
      );
      assert.deepEqual(
        (await store.summaries()).map(({ title, pinned }) => [title, pinned]),
        [
          ['How do I read a stream?', false],
          ['Colours', isPinned],
        ],
      );
      assert.equal(await store.open('gone'), undefined);

      await appendAll(store, 'streams', exchange(77, 'a9'));
      await store.compact(0);
      await store.close();
      const next = await workspace.window(undefined, undefined, withoutState()).restore();
      assert.deepEqual(wordsOf(turnsOf(next.active)).slice(-2), ['question 77', 'answer 77']);
      assert.deepEqual(wordsOf(turnsOf(next.active)).slice(0, 6), wordsOf(turns));
      const gone = await readdir(path.join(workspace.directory, 'conversations', 'gone'));
      for (const name of gone) {
        const file = path.join(workspace.directory, 'conversations', 'gone', name);
        assert.doesNotMatch(await readFile(file, 'utf8'), /A secret/u);
      }
    });

    it(`is restored from its logs alone, and from its checkpoint alone (${version})`, async () => {
      await lay(version);
      const logs = await workspace.window(undefined, undefined, withoutState()).restore();
      const whole = wordsOf(turnsOf(logs.active));
      assert.equal(whole.length, 6);
      const empty = await Workspace.create();
      const { active, notices } = await empty
        .window(undefined, undefined, workspace.memento)
        .restore();
      const tail = active ? new Conversation(active.id, active.events).path() : [];
      assert.ok(tail.length >= 2);
      assert.deepEqual(wordsOf(tail), whole.slice(-tail.length));
      assert.equal(notices[0]?.kind, 'restoredFromCheckpoint');
      await empty.remove();
    });
  }

  it('shows the explanations of 0.1, and continues them', async () => {
    await lay('0.1');
    const store = createExplanationStore({
      directory: workspace.directory,
      clock: workspace.clock,
      newId: randomUUID,
      logger: silentLogger,
    });
    const [finished, running] = await store.all();
    assert.equal(finished?.uri, 'file:///shop/src/cart.ts');
    assert.deepEqual(finished.range, { first: 4, last: 7 });
    assert.equal(finished.subject.around?.definitions?.[0]?.code, 'export const tax = 0.19;');
    assert.deepEqual(
      finished.turns.map(({ question, answer, end }) => [question, answer, end?.kind]),
      [
        [undefined, 'It returns the total.', 'done'],
        ['Why 42?', 'Because it', 'stopped'],
      ],
    );
    assert.deepEqual(finished.sent.at(-1)?.contextTokens, 5);
    assert.equal(running?.turns[0]?.answer, 'Half of an');
    assert.equal(running.subject.problem?.code, '6133');
    assert.deepEqual((await store.continuation('e1'))?.context, [1, 2, 3, 4, 5, 6]);
  });

  it('keeps what 0.1 stored of single messages: attachments, ends, and where the context starts', async () => {
    await lay('0.1');
    const store = workspace.window();
    await store.restore();
    const colors = await store.open('colours');
    assert.ok(colors);
    const conversation = new Conversation('colours', colors.events);
    assert.deepEqual(wordsOf(conversation.path()), ['Name three colours.', 'Of this file']);
    const last = conversation.path().at(-1);
    assert.ok(last?.role === 'user');
    assert.equal(last.attachments?.[0]?.text, 'export const cart = [];');
    assert.equal(conversation.contextStart, 'v2');
    const streams = await store.open('streams');
    assert.ok(streams);
    const failed = new Conversation('streams', streams.events).turn('a3');
    assert.ok(failed?.role === 'assistant' && failed.end?.kind === 'failed');
    assert.equal(failed.end.failure.kind, 'unreachable');
  });
});
