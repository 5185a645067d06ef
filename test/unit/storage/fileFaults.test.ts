import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createCheckpointContext } from '../../../src/conversation/checkpointContext';
import type { ConversationEvent } from '../../../src/shared/turn';
import type { WorkspaceStore } from '../../../src/storage/workspaceStore';
import { FaultyFileSystem, type Fault, type FaultPlan } from './faultyFileSystem';
import { appendAll, exchange, say, textsOf, turnsOf, Workspace } from './storeFixture';

const longMessage = 'a message too long for one line '.repeat(2_000);
const script: readonly (readonly [string, ConversationEvent])[] = [
  ...exchange(1, null).map((event) => ['c1', event] as const),
  ['c1', say('u2', 'a1', longMessage)],
  ['c2', say('v1', null, 'elsewhere')],
  ['c1', { kind: 'renamed', title: 'A title' }],
  ...exchange(3, 'u2').map((event) => ['c1', event] as const),
];
const c1Texts = ['question 1', 'answer 1', longMessage, 'question 3', 'answer 3'];
const readings = new Set(['names', 'stat', 'read']);
const storedBefore = ['question 9', 'answer 9'];

interface Outcome {
  /** Ids of the turns whose start was acknowledged, and of those whose end was. */
  readonly started: readonly string[];
  readonly ended: readonly string[];
}

/** Does what a window does in its life, and says what was acknowledged. */
async function live(workspace: Workspace, store: WorkspaceStore): Promise<Outcome> {
  const started: string[] = [];
  const ended: string[] = [];
  await store.restore();
  for (const [id, event] of script) {
    try {
      await workspace.passTime(store.append(id, event));
      if (event.kind === 'turnStarted') started.push(event.turn.id);
      if (event.kind === 'turnEnded') ended.push(event.turnId);
    } catch {
      // Not acknowledged.
    }
    workspace.clock.advance(400);
  }
  store.checkpoint(
    createCheckpointContext(
      'c1',
      'A title',
      turnsOf(await workspace.passTime(store.open('c1').catch(() => undefined))),
    ),
  );
  await store.summaries();
  return { started, ended };
}

async function prepared(): Promise<Workspace> {
  const workspace = await Workspace.create();
  const before = workspace.window();
  await appendAll(before, 'c0', exchange(9, null));
  await before.close();
  return workspace;
}

/** Runs one window's life under `plan`; then looks at what a healthy window finds. */
async function tryPlan(plan: FaultPlan, heals: boolean): Promise<FaultyFileSystem> {
  const workspace = await prepared();
  try {
    const faulty = new FaultyFileSystem(plan);
    const store = workspace.window(faulty);
    const { started, ended } = await live(workspace, store);
    // Whatever could not be written, the window itself has everything.
    faulty.plan = (operation, name) => (readings.has(name) ? undefined : plan(operation, name));
    const inMemory = await workspace.passTime(store.open('c1'));
    assert.ok(isDeepStrictEqual(textsOf(inMemory), c1Texts), 'not all in memory');
    if (heals) faulty.plan = () => undefined;
    await workspace.passTime(store.close());

    const healthy = workspace.window();
    assert.deepEqual(textsOf(await healthy.open('c0')), storedBefore);
    if (heals) {
      assert.ok(isDeepStrictEqual(textsOf(await healthy.open('c1')), c1Texts), 'not all on disk');
      assert.deepEqual(textsOf(await healthy.open('c2')), ['elsewhere']);
    }
    const found = [...turnsOf(await healthy.open('c1')), ...turnsOf(await healthy.open('c2'))];
    const byId = new Map(found.map((turn) => [turn.id, turn]));
    for (const id of started) assert.ok(byId.has(id), `${id} was acknowledged and is lost`);
    for (const id of ended) {
      const turn = byId.get(id);
      assert.ok(turn?.role === 'assistant' && turn.end, `the end of ${id} is lost`);
      assert.equal(turn.text, `answer ${id.slice(1)}`);
    }
    return faulty;
  } finally {
    await workspace.remove();
  }
}

describe('a file system that fails', () => {
  let operations = 0;
  let writes: ReadonlySet<number> = new Set();
  let cases = 0;
  before(async () => {
    ({ operations, writes } = await tryPlan(() => undefined, true));
  });
  after(() => {
    process.stdout.write(`      ${cases} faults over ${operations} operations, nothing lost\n`);
  });

  const once: readonly Fault[] = [
    { kind: 'before', code: 'EIO' },
    { kind: 'after', code: 'EIO' },
    { kind: 'short' },
    { kind: 'torn', code: 'ENOSPC' },
  ];
  for (const fault of once) {
    it(`once, at every operation in turn (${fault.kind})`, async function () {
      this.timeout(60_000);
      for (let at = 1; at <= operations; at++) {
        // A part of something can only be written.
        if ((fault.kind === 'short' || fault.kind === 'torn') && !writes.has(at)) continue;
        cases += 1;
        await tryPlan((operation) => (operation === at ? fault : undefined), true);
      }
    });
  }

  const lasting: readonly Fault[] = [
    { kind: 'before', code: 'EACCES' },
    { kind: 'torn', code: 'ENOSPC' },
  ];
  for (const fault of lasting) {
    it(`from some operation on for good (${fault.kind})`, async function () {
      this.timeout(60_000);
      for (let at = 1; at <= operations; at += 3) {
        cases += 1;
        await tryPlan((operation) => (operation >= at ? fault : undefined), false);
      }
    });

    it(`M3 from some operation on, until there is room again (${fault.kind})`, async function () {
      this.timeout(60_000);
      for (let at = 2; at <= operations; at += 3) {
        cases += 1;
        await tryPlan((operation) => (operation >= at ? fault : undefined), true);
      }
    });
  }

  it('says once that nothing can be saved, and once that all is saved again', async () => {
    const workspace = await prepared();
    workspace.clock.advance(10);
    const faulty = new FaultyFileSystem((_, name) =>
      name === 'write' ? { kind: 'torn', code: 'ENOSPC' } : undefined,
    );
    const store = workspace.window(faulty);
    await assert.rejects(store.append('c1', say('u1', null, 'one')), /ENOSPC/u);
    await assert.rejects(store.append('c1', say('u2', 'u1', 'two')), /ENOSPC/u);
    assert.deepEqual(
      store.notices.map(({ kind }) => kind),
      ['notSaved'],
    );
    faulty.plan = () => undefined;
    await store.append('c1', say('u3', 'u2', 'three'));
    assert.deepEqual(
      store.notices.map(({ kind }) => kind),
      ['notSaved', 'savedAgain'],
    );
    const folder = path.join(workspace.directory, 'conversations', 'c1');
    const [log = ''] = await readdir(folder);
    const lines = (await readFile(path.join(folder, log), 'utf8')).split('\n');
    const whole = lines.filter((line) => /^\{"v":1,(?!.*\{"v":1,).*\}$/u.test(line));
    assert.equal(whole.length, 3, 'each begins on a line of its own, after what was torn');
    const { active, notices } = await workspace.window().restore();
    assert.deepEqual(textsOf(active), ['one', 'two', 'three']);
    assert.deepEqual(notices, [], 'what was torn is there as a whole, so nothing is missing');
    await workspace.remove();
  });
});
